/** A terminals service that serves bytes instead of a shell, as `proto/src/tty.ts` wants one. */
import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { HEADERS, ttyBytes, ttyControl, ttyJson, ttySubject, TTY_KIND, type TtyAttach, type TtyReplay } from '@xanthus/proto';
import type { Terminal } from './driver.js';

/** Serves until stopped. */
export const byteSource = (nc: NatsConnection, tenant: string, session: string): Terminal => {
  const typed: Buffer[] = [];
  /** Attachment → offset that its viewer can take. */
  const viewers = new Map<string, number>();
  let content = Buffer.alloc(0);
  let offset = 0;
  let floor = 0;
  const flow = (): void => {
    const window = Math.min(content.length, Math.max(0, ...viewers.values()));
    for (; offset < window; offset = Math.min(offset + PIECE, window)) nc.publish(ttySubject(tenant, session, 'out'), ttyBytes(TTY_KIND.OUTPUT, offset, content.subarray(offset, Math.min(offset + PIECE, window))));
  };
  const attach = (m: Msg): void => {
    const { types, up_to } = m.json<TtyAttach>();
    const attachment = crypto.randomUUID();
    viewers.set(attachment, up_to);
    m.respond(JSON.stringify({ attachment, hello: { session, offset, cols: 80, rows: 24, mode: types ? 'owner' : 'observer', types, viewers: viewers.size, recording: false, state: 'open', title: 'bytes', paused: false } }));
    flow();
  };
  const replay = (m: Msg): void => {
    const { attachment, from = 0, max } = m.json<TtyReplay>();
    if (viewers.has(attachment) && from < floor) return void m.respond(ttyBytes(TTY_KIND.SNAPSHOT, offset, Buffer.from(`screen at ${offset}`)));
    if (viewers.has(attachment)) return void m.respond(from >= offset ? undefined : ttyBytes(TTY_KIND.OUTPUT, from, content.subarray(from, Math.min(from + max, offset))));
    const sent = headers();
    sent.set(HEADERS.ERROR, 'SESSION.DETACHED');
    m.respond(JSON.stringify({ error: { code: 'SESSION.DETACHED', message: 'This viewer is not attached.', retryable: false } }), { headers: sent });
  };
  const take = (m: Msg): void => {
    const attachment = m.headers?.get(HEADERS.ATTACHMENT) ?? '';
    if (!viewers.has(attachment)) return;
    if (m.data[0] === TTY_KIND.INPUT) return void typed.push(Buffer.from(m.data.subarray(1)));
    const control = ttyJson(m.data);
    if (control?.op === 'detach') viewers.delete(attachment);
    if (control?.op !== 'credit') return;
    viewers.set(attachment, Number(control['up_to']));
    flow();
  };
  const subs = ([['attach', attach], ['replay', replay], ['in', take]] as const).map(([verb, act]) => nc.subscribe(ttySubject(tenant, session, verb), { callback: (error, m) => { if (error === null) act(m); } }));
  return {
    typed: () => Buffer.concat(typed).toString('utf8'),
    write: (bytes) => {
      content = Buffer.concat([content, bytes]);
      flow();
    },
    say: control => nc.publish(ttySubject(tenant, session, 'out'), ttyControl(control)),
    trim: () => { floor = offset; },
    stop: () => { if (!nc.isClosed()) for (const sub of subs) sub.unsubscribe(); },
  };
};

const PIECE = 8_192;
