/**
 * Terminals: what gateway and terminals service say to each other, and the frames of `/ws/terminal/{session}`. All of it is core NATS,
 * subjects `tty.<tenant>.<session>.<verb>`; nothing is an event, nothing is stored.
 *
 * | verb | who sends | what |
 * |---|---|---|
 * | `attach` | gateway, request | `TtyAttach` as JSON with `Xanthus-Identity` (aud `terminals`) → `TtyAttached`, or a refusal as of any command |
 * | `out` | service | frames as clients get them: output (in order, without a hole), or control |
 * | `replay` | gateway, request | `TtyReplay` as JSON → one output frame that begins there, a snapshot where those bytes are gone, or nothing at the head |
 * | `in` | gateway | frames as clients send them: input, or control; header `Xanthus-Attachment` |
 * | `hold` | copies of the service among themselves, request | who holds the session, and what shall become of it; nobody answers: nobody does |
 *
 * Who is attached is proved by the attachment, a secret of the service's: a subject alone authenticates nobody. One that is not known is refused (`SESSION.DETACHED`). Credit goes up to the service as the
 * offset that a viewer can take (`{op: "credit", up_to}`); it reads from the host while one viewer can take more. A viewer behind reads `replay`.
 */
import { TOKEN, TENANT_SLUG } from './ids.js';

export const TTY_SUB_PROTOCOL = 'xanthus.tty.v1';
/** Bytes that a viewer may be sent before it grants more. */
export const TTY_CREDIT = 512 * 1024;
/** The service that answers. */
export const TTY_SERVICE = 'terminals';

export const TTY_KIND = { OUTPUT: 0, INPUT: 0, CONTROL: 1, SNAPSHOT: 2 } as const;
export type TtyVerb = 'attach' | 'out' | 'replay' | 'in' | 'hold';

/** @throws TypeError a tenant or session that is no subject token */
export const ttySubject = (tenant: string, session: string, verb: TtyVerb): string => {
  if (!TENANT_SLUG.test(tenant) || !TOKEN.test(session)) throw new TypeError(`not a terminal: ${JSON.stringify([tenant, session])}`);
  return `tty.${tenant}.${session}.${verb}`;
};

export interface TtyAttach { readonly viewer: string; readonly types: boolean; /** Position of the viewer, if it was here before. */ readonly offset?: number; readonly up_to: number }
export interface TtyHello { readonly session: string; /** Of the next byte. */ readonly offset: number; readonly cols: number; readonly rows: number; readonly mode: string; readonly viewers: number; readonly recording: boolean }
export interface TtyAttached { readonly attachment: string; readonly hello: TtyHello }
/** `from` absent: a snapshot, or everything while it is short. */
export interface TtyReplay { readonly attachment: string; readonly from?: number; readonly max: number }

/** Control of a client. `auth` where the upgrade could not carry a token; the service also gets `attach`-bound `credit`, `watch` and `detach` from the gateway. */
export type TtyControlIn =
  | { readonly op: 'auth'; readonly token: string }
  | { readonly op: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly op: 'credit'; readonly bytes: number }
  | { readonly op: 'signal'; readonly signal: string }
  | { readonly op: 'ping' | 'take' };
/** `here` at least every 20 s for each viewer: of whom nothing is heard for 50 s is gone, with its gateway. */
export type TtyControlUp = { readonly op: 'credit'; readonly up_to: number } | { readonly op: 'watch' | 'detach' | 'here' };
/** On `out`, for one viewer: it is out, and why. Its gateway ends the connection with that code; nobody else sees it. */
export interface TtyOut { readonly op: 'out'; readonly viewer: string; readonly code: string; readonly message: string }

const HEADER = 9;

/** Output or snapshot: the kind, 8 bytes big-endian offset, the bytes. */
export const ttyBytes = (kind: typeof TTY_KIND.OUTPUT | typeof TTY_KIND.SNAPSHOT, offset: number, bytes: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(HEADER + bytes.length);
  frame[0] = kind;
  new DataView(frame.buffer).setBigUint64(1, BigInt(offset));
  frame.set(bytes, HEADER);
  return frame;
};

export const ttyControl = (control: object): Uint8Array => {
  const text = new TextEncoder().encode(JSON.stringify(control));
  const frame = new Uint8Array(1 + text.length);
  frame[0] = TTY_KIND.CONTROL;
  frame.set(text, 1);
  return frame;
};

export type TtyFrame = { readonly kind: 'output' | 'snapshot'; readonly offset: number; readonly bytes: Uint8Array } | { readonly kind: 'control'; readonly control: { readonly op: string; readonly [field: string]: unknown } };

/** A frame of the service; undefined: it is none. */
export const parseTtyFrame = (frame: Uint8Array): TtyFrame | undefined => {
  const kind = frame[0];
  if (kind === TTY_KIND.CONTROL) {
    const control = ttyJson(frame);
    return control === undefined ? undefined : { kind: 'control', control };
  }
  if ((kind !== TTY_KIND.OUTPUT && kind !== TTY_KIND.SNAPSHOT) || frame.length < HEADER) return undefined;
  const offset = Number(new DataView(frame.buffer, frame.byteOffset).getBigUint64(1));
  return { kind: kind === TTY_KIND.OUTPUT ? 'output' : 'snapshot', offset, bytes: frame.subarray(HEADER) };
};

/** The object of a control frame with its `op`; undefined: there is none. */
export const ttyJson = (frame: Uint8Array): { readonly op: string; readonly [field: string]: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(1)));
    return typeof value === 'object' && value !== null && typeof (value as { op?: unknown }).op === 'string' ? value as { op: string } : undefined;
  } catch {
    return undefined;
  }
};
