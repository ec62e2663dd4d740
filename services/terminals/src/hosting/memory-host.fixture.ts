/** A host of shells that echo: it keeps to hosting/host.ts and proto/src/tty.ts, over NATS, without a server. For specs of the service. */
import { randomBytes } from 'node:crypto';
import { headers, NoRespondersError, RequestError, type Msg, type Subscription } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import { HEADERS, ttyBytes, ttyControl, ttyJson, ttySubject, TTY_KIND, type TtyAttach } from '@xanthus/proto';
import type { SessionRole } from '@xanthus/proto/terminals';
import { isPaused } from '../session/moderation.js';
import type { StateOfSession } from '../session/session.js';
import type { HostOf } from '../terminals.context.js';
import type { Host, HowEnded, SessionNotes } from './host.js';

interface Watching { readonly viewer: string; readonly person: string; role: SessionRole; types: boolean }
interface Shell { readonly state: StateOfSession; readonly notes: SessionNotes; readonly viewers: Map<string, Watching>; readonly subs: Subscription[]; offset: number; typed: number; moderated: boolean; paused: boolean; readonly drop: () => void }
type Asked = { readonly op: 'ask' | 'review' } | { readonly op: 'say'; readonly control: object } | { readonly op: 'end'; readonly how: HowEnded; readonly message: string };

/** What specs see and do beside. */
export interface MemoryHosts { /** Sessions that were begun, in order, with the state that they were in. */ readonly started: string[]; readonly shells: Map<string, Shell>; /** As after a kill -9: nobody is told. */ drop(session: string): void; typedAt(session: string, at: number): void }

export const memoryHosts = (): MemoryHosts & { readonly openHost: HostOf } => {
  const started: string[] = [];
  const everywhere = new Map<string, Shell>();

  const openHost: HostOf = (on) => {
    const own = new Map<string, Shell>();
    const out = (shell: Shell, frame: Uint8Array): void => on.nc.publish(ttySubject(shell.state.tenant, shell.state.id, 'out'), frame);
    const say = (shell: Shell, control: object): void => out(shell, ttyControl(control));
    const holdOf = (tenant: string, session: string): string => `tty.${tenant}.${session}.hold`;

    const pause = (shell: Shell): void => {
      const now = isPaused(shell.moderated, [...shell.viewers.values()].map(v => v.role));
      if (now === shell.paused) return;
      shell.paused = now;
      say(shell, now ? { op: 'paused', reason: 'no-moderator' } : { op: 'resumed' });
    };
    const tellViewers = (shell: Shell): void => {
      say(shell, { op: 'viewers', viewers: [...shell.viewers.values()] });
      pause(shell);
    };
    const leave = (shell: Shell, attachment: string, why: 'left' | 'unshared' | 'rights'): void => {
      const gone = shell.viewers.get(attachment);
      if (gone === undefined) return;
      shell.viewers.delete(attachment);
      shell.notes.detached({ viewer: gone.viewer, person: gone.person, why });
      tellViewers(shell);
    };
    const close = (shell: Shell): void => {
      own.delete(shell.state.id);
      everywhere.delete(shell.state.id);
      for (const sub of shell.subs) sub.unsubscribe();
    };
    const endOwn = (shell: Shell, how: HowEnded, message: string): void => {
      say(shell, { op: 'exit', code: null, signal: null, reason: how, message });
      close(shell);
      void shell.notes.ended({ how, code: null, signal: null, message, problem: null });
    };
    const review = async (shell: Shell): Promise<void> => {
      for (const [attachment, watching] of shell.viewers) {
        try {
          const { role, types, moderated } = await on.door.roleOf(shell.state.tenant, shell.state.id, watching.person);
          Object.assign(watching, { role, types });
          shell.moderated = moderated;
        } catch (error) {
          if (error instanceof Refusal && error.code.startsWith('SESSION.')) leave(shell, attachment, error.code === 'SESSION.MAY_NOT' ? 'rights' : 'unshared');
        }
      }
      tellViewers(shell);
    };

    const refuse = (m: Msg, error: unknown): void => {
      const sent = headers();
      const { code, message, retryable } = error instanceof Refusal ? error : new Refusal('INTERNAL', String(error));
      sent.set(HEADERS.ERROR, code);
      m.respond(JSON.stringify({ error: { code, message, retryable } }), { headers: sent });
    };
    const attach = async (shell: Shell, m: Msg): Promise<void> => {
      const { tenant, id: session, cols, rows } = shell.state;
      try {
        const ask = m.json<TtyAttach>();
        const { sub: person } = on.verifier.verify(m.headers?.get(HEADERS.IDENTITY) ?? '');
        const { role, types, moderated } = await on.door.roleOf(tenant, session, person);
        const attachment = randomBytes(16).toString('hex');
        shell.moderated = moderated;
        shell.viewers.set(attachment, { viewer: ask.viewer, person, role, types: types && ask.types });
        m.respond(JSON.stringify({ attachment, hello: { session, offset: shell.offset, cols, rows, mode: role, types, viewers: shell.viewers.size, recording: false } }));
        shell.notes.attached({ viewer: ask.viewer, person, role });
        tellViewers(shell);
      } catch (error) {
        refuse(m, error);
      }
    };
    const take = (shell: Shell, m: Msg): void => {
      const attachment = m.headers?.get(HEADERS.ATTACHMENT) ?? '';
      const from = shell.viewers.get(attachment);
      if (from === undefined) return;
      if (m.data[0] === TTY_KIND.CONTROL) return ttyJson(m.data)?.op === 'detach' ? leave(shell, attachment, 'left') : undefined;
      if (!from.types || shell.paused) return;
      shell.typed = on.now();
      const bytes = m.data.subarray(1);
      out(shell, ttyBytes(TTY_KIND.OUTPUT, shell.offset, bytes));
      shell.offset += bytes.length;
    };
    const hold = (shell: Shell, m: Msg): void => {
      const asked = m.json<Asked>();
      if (asked.op === 'review') void review(shell);
      if (asked.op === 'say') say(shell, asked.control);
      if (asked.op === 'end') endOwn(shell, asked.how, asked.message);
      m.respond('{}');
    };

    const askHolder = async (tenant: string, session: string, asked: Asked): Promise<boolean> => {
      try {
        await on.nc.request(holdOf(tenant, session), JSON.stringify(asked), { timeout: 30_000 });
        return true;
      } catch (error) {
        if (error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())) return false;
        throw error;
      }
    };
    const elsewhere = (tenant: string, session: string, asked: Asked): void => void askHolder(tenant, session, asked).catch(() => undefined);

    const host: Host = {
      start(state) {
        if (own.has(state.id)) return;
        started.push(`${state.id} ${state.status}`);
        const shell: Shell = { state, notes: on.notesOf(state.tenant, state.id), viewers: new Map(), subs: [], offset: 0, typed: 0, moderated: state.moderated, paused: false, drop: () => close(shell) };
        const serve = (subject: string, act: (m: Msg) => void): void => void shell.subs.push(on.nc.subscribe(subject, { callback: (error, m) => (error === null ? act(m) : undefined) }));
        serve(ttySubject(state.tenant, state.id, 'attach'), m => void attach(shell, m));
        serve(ttySubject(state.tenant, state.id, 'replay'), m => void m.respond(undefined));
        serve(ttySubject(state.tenant, state.id, 'in'), m => take(shell, m));
        serve(holdOf(state.tenant, state.id), m => hold(shell, m));
        own.set(state.id, shell);
        everywhere.set(state.id, shell);
        void (state.status === 'opening' ? shell.notes.opened({ user: 'root', address: '192.0.2.10', hostKey: 'SHA256:x' }) : shell.notes.resumed());
      },
      has: (_tenant, session) => own.has(session),
      held: (tenant, session) => askHolder(tenant, session, { op: 'ask' }),
      review(tenant, session) {
        const shell = own.get(session);
        if (shell !== undefined) void review(shell);
        else elsewhere(tenant, session, { op: 'review' });
      },
      say(tenant, session, control) {
        const shell = own.get(session);
        if (shell !== undefined) say(shell, control);
        else elsewhere(tenant, session, { op: 'say', control });
      },
      resize: () => undefined,
      async end(tenant, session, { how, message }) {
        const shell = own.get(session);
        if (shell !== undefined) endOwn(shell, how, message);
        else await askHolder(tenant, session, { op: 'end', how, message });
      },
      lastTyped: (_tenant, session) => own.get(session)?.typed ?? 0,
      async stop() {
        for (const shell of own.values()) close(shell);
      },
    };
    return host;
  };

  return {
    started, shells: everywhere, openHost,
    drop: session => everywhere.get(session)?.drop(),
    typedAt(session, at) {
      const shell = everywhere.get(session);
      if (shell !== undefined) shell.typed = at;
    },
  };
};
