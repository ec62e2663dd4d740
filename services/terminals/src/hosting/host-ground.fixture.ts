/** Shells of a real sshd, hosted as the service does, behind the real gateway on a real nats-server. Who may what is the spec's. For specs and benchmarks. */
import { generateKeyPairSync } from 'node:crypto';
import { startTestGateway, type Person, type TestGateway } from '@xanthus/gateway/test-gateway';
import { newId, Refusal } from '@xanthus/kernel';
import { IdentitySigner, IdentityVerifier, type ServiceJwks } from '@xanthus/nest';
import { createReach, type Reached } from '@xanthus/reach';
import { connectSsh, type SshTarget } from '@xanthus/ssh';
import { eventually, startSshd, type StartSshdOptions, type TestSshd } from '@xanthus/testing';
import { createMirrors } from '../mirror/index.js';
import type { Recorders } from '../recording/recorder.js';
import type { StateOfSession } from '../session/session.js';
import type { Host, SessionDoor, SessionNotes } from './host.js';
import { openHost } from './open-host.js';
import { TtyViewer, type ViewerOptions } from './viewer.fixture.js';
import { openWire } from './wire.js';

export { TtyViewer } from './viewer.fixture.js';

export interface Note { readonly what: keyof SessionNotes; readonly session: string; readonly of: Record<string, unknown> }
export interface Ground {
  readonly gateway: TestGateway;
  readonly sshd: TestSshd;
  readonly host: Host;
  readonly person: Person;
  readonly notes: Note[];
  /** Roles by `<session>.<person>`; who has none is owner. */
  readonly roles: Map<string, Awaited<ReturnType<SessionDoor['roleOf']>> | Refusal>;
  /** Where shells are from now on. */
  target: Partial<SshTarget> & { readonly pinned?: string; readonly privateKey?: string };
  /** Another copy of the service. */
  copy(): Promise<Host>;
  start(more?: Partial<StateOfSession>, host?: Host): string;
  viewer(session: string, more?: Partial<ViewerOptions>): Promise<TtyViewer>;
  /** A session with a viewer whose prompt is there. */
  shell(more?: Partial<StateOfSession>, view?: Partial<ViewerOptions>): Promise<{ readonly session: string; readonly viewer: TtyViewer }>;
  noted(session: string, what: keyof SessionNotes): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export const TENANT = 'acme';
/** Of sh and bash without files of the user's. */
export const PROMPT = /[$#] (?:\p{Cc}[^$#]*)?$/u;

export const startHostGround = async (o: { readonly sshd?: StartSshdOptions; readonly environment?: Record<string, string>; readonly recorders?: Recorders; readonly linger?: number } = {}): Promise<Ground> => {
  const [sshd, gateway] = await Promise.all([startSshd(o.sshd), startTestGateway(o.environment)]);
  const person = await gateway.person(TENANT, { subjects: [`tty.${TENANT}.>`] });
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'service:terminals' };
  const { d: _private, ...shown } = jwk;
  const verifier = new IdentityVerifier({ service: 'terminals', jwks: { keys: [...gateway.serviceJwks.keys, shown] } as unknown as ServiceJwks });
  const notes: Note[] = [];
  const roles: Ground['roles'] = new Map();
  const hosts: Host[] = [];
  const viewers: TtyViewer[] = [];
  const stops: (() => unknown)[] = [];

  const note = (session: string, what: keyof SessionNotes) => (of: unknown, rows?: unknown): Promise<void> => {
    notes.push({ what, session, of: (typeof of === 'object' && of !== null ? of : { cols: of, rows }) as Record<string, unknown> });
    return Promise.resolve();
  };
  const notesOf = (_tenant: string, session: string): SessionNotes => ({
    opened: note(session, 'opened'), interrupted: note(session, 'interrupted'), resumed: () => note(session, 'resumed')({}), attached: note(session, 'attached'), detached: note(session, 'detached'),
    resized: note(session, 'resized'), commandRan: note(session, 'commandRan'), ended: note(session, 'ended'),
  });
  const door: SessionDoor = {
    async roleOf(_tenant, session, who) {
      const role = roles.get(`${session}.${who}`) ?? { role: 'owner', types: true, moderated: false };
      if (role instanceof Refusal) throw role;
      return role;
    },
  };
  const copy = async (): Promise<Host> => {
    const reach = createReach(async (): Promise<Reached> => {
      const { pinned = sshd.hostKey.fingerprint, privateKey: key = sshd.privateKey, ...to } = ground.target;
      const connection = await connectSsh({ target: { host: '127.0.0.1', port: sshd.port, user: sshd.user, ...to }, auth: { privateKey: key }, hostKey: { pinned }, addresses: { allow: ['loopback'] } });
      return { connection, become: 'root', facts: { provider: 'adopted', simulated: false, k3s: null, helm: null } };
    });
    const mirrors = createMirrors({ workers: 1 });
    const nc = await gateway.nats.connect({ maxReconnectAttempts: -1, reconnectTimeWait: 50, noAsyncTraces: true });
    const host = openHost({
      wire: openWire(nc), reach, mirrors, recorders: o.recorders, door, notesOf, verifier, onRecordingFailure: 'end', now: Date.now, signer: new IdentitySigner({ service: 'terminals', key: jwk }),
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (...said: unknown[]) => console.error(...said) } as never,
    });
    stops.push(() => reach.close(), () => mirrors.stop());
    hosts.push(host);
    return host;
  };

  const ground: Ground = {
    gateway, sshd, person, notes, roles, copy, target: {}, host: undefined as unknown as Host,
    start(more = {}, host = ground.host) {
      const id = more.id ?? newId();
      host.start({
        tenant: TENANT, id, server: '01jd3x8e2v5y9w4z7q6r1s0tsv', server_name: 'web-1', title: 'web-1', cols: 80, rows: 24, locale: null, durable: false, recording: o.recorders === undefined ? 'off' : 'output', moderated: false, integration: false, purpose: null, idle_minutes: null, ends_at: null,
        status: 'opening', owner: person.id, owner_kind: 'person', requested_at: new Date().toISOString(), stayed_at: new Date().toISOString(), user: null, participants: [{ person: person.id, role: 'owner', until: null }], viewers: [], ...more,
      });
      return id;
    },
    async viewer(session, more = {}) {
      const viewer = await TtyViewer.open({ url: gateway.gateway.url, session, token: await gateway.token(person), ...more });
      viewers.push(viewer);
      return viewer;
    },
    async shell(more, view) {
      const session = ground.start(more);
      const viewer = await ground.viewer(session, view);
      await eventually(() => PROMPT.test(viewer.text), { every: 5 });
      return { session, viewer };
    },
    noted: async (session, what) => (await eventually(() => notes.find(n => n.session === session && n.what === what), { every: 5 }) as Note).of,
    async stop() {
      for (const viewer of viewers) viewer.close();
      await Promise.all(hosts.map(host => host.stop()));
      for (const stop of stops) await stop();
      await gateway.stop();
      await sshd.stop();
    },
  };
  (ground as { host: Host }).host = await copy();
  return ground;
};
