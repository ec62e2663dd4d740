/** A shell, a screen and a wire in memory, for what needs no host. For specs. */
import type { MirrorOptions, Mirrors } from '../mirror/mirror.js';
import type { StateOfSession } from '../session/session.js';
import type { SshShell } from '@xanthus/ssh';
import type { Wire } from './wire.js';

export const STATE: StateOfSession = {
  tenant: 'acme', id: '01jd3x8e2v5y9w4z7q6r1s0tse', server: '01jd3x8e2v5y9w4z7q6r1s0tsv', server_name: 'web-1', title: 'web-1', cols: 80, rows: 24, locale: null, durable: false, recording: 'off', moderated: false, integration: false, purpose: null,
  idle_minutes: null, ends_at: null, status: 'opening', owner: 'ada', owner_kind: 'person', requested_at: '2026-11-21T00:00:00.000Z', stayed_at: '2026-11-21T00:00:00.000Z', user: null, participants: [{ person: 'ada', role: 'owner', until: null }], viewers: [],
};

/** What is written to it is taken by nobody. */
export const deafShell = (): SshShell & { readonly written: Uint8Array[]; readonly text: string; closed: boolean } => {
  const written: Uint8Array[] = [];
  let pending = 0;
  return {
    written, closed: false,
    get text() { return Buffer.concat(written).toString('latin1'); },
    write(bytes) {
      written.push(bytes);
      pending += bytes.length;
    },
    get pending() { return pending; },
    pause: () => undefined, resume: () => undefined, paused: false, resize: () => undefined, signal: () => undefined,
    close() { this.closed = true; },
    ended: new Promise(() => undefined),
  };
};

/** Screens that parse nothing; `asked` are their options. */
export const blindMirrors = (): Mirrors & { readonly asked: MirrorOptions[] } => {
  const asked: MirrorOptions[] = [];
  return {
    asked,
    open(o) {
      asked.push(o);
      return { write: () => undefined, pending: 0, whenBelow: () => Promise.resolve(), resize: () => undefined, close: () => undefined, snapshot: () => Promise.resolve({ offset: 0, cols: 80, rows: 24, title: '', bytes: new Uint8Array() }) };
    },
    stop: () => Promise.resolve(),
  };
};

export type Heard = (error: null, m: unknown) => void;
/** Keeps what is published, and who listens where. */
export const quietWire = (): Wire & { readonly said: Uint8Array[]; readonly heard: Map<string, Heard> } => {
  const said: Uint8Array[] = [];
  const heard = new Map<string, Heard>();
  const nc = {
    info: { max_payload: 1024 * 1024 },
    subscribe: (subject: string, { callback }: { callback: Heard }) => {
      heard.set(subject.split('.').at(-1) ?? '', callback);
      return { isClosed: () => false, unsubscribe: () => undefined };
    },
  };
  return { said, heard, nc: nc as unknown as Wire['nc'], publish: (_subject, frame) => void said.push(frame), full: false, onFree: () => () => undefined, stop: () => undefined };
};
