/**
 * Tunnels: a TCP connection between gateway and a server's port, through the terminals service. Core NATS; nothing is an event, nothing is stored.
 *
 * | subject | who sends | what |
 * |---|---|---|
 * | `tun.<tenant>.<forward>.open` | gateway, request | `TunnelOpen` as JSON with `Xanthus-Identity` (aud `terminals`) → `{}` when the port has taken the connection, or a refusal as of any command |
 * | `tun.<tenant>.<forward>.<tunnel>.up` | gateway | frames for the port |
 * | `tun.<tenant>.<forward>.<tunnel>.down` | service | frames of the port |
 *
 * A frame is a kind, 4 bytes big-endian number of the frame in its direction, and what belongs to the kind. A number that is missing ends the tunnel: bytes are never
 * lost unseen. Either side sends `TUNNEL_WINDOW` bytes and then as far as the other one allows (`CREDIT`, 8 bytes: up to which byte). `END` is the end of one direction,
 * `ABORT` (why, as text) of both. Who has nothing to say sends `BEAT`; who hears nothing for `TUNNEL_SILENCE` takes the other for dead.
 */
import { TENANT_SLUG, TOKEN } from './ids.js';

export const TUNNEL_KIND = { DATA: 0, CREDIT: 1, END: 2, ABORT: 3, BEAT: 4 } as const;
export type TunnelKind = (typeof TUNNEL_KIND)[keyof typeof TUNNEL_KIND];
export const TUNNEL_WINDOW = 256 * 1024;
/** ms */
export const TUNNEL_BEAT = 2_000;
export const TUNNEL_SILENCE = 8_000;
/** The service that answers. */
export const TUNNEL_SERVICE = 'terminals';

/** `tunnel`: chosen by the gateway, 128 random bits. */
export interface TunnelOpen { readonly tunnel: string }
export interface TunnelRef { readonly tenant: string; readonly forward: string; readonly tunnel: string }

const checked = (tenant: string, ...tokens: readonly string[]): void => {
  if (!TENANT_SLUG.test(tenant) || !tokens.every(t => TOKEN.test(t))) throw new TypeError(`not a tunnel: ${JSON.stringify([tenant, ...tokens])}`);
};
/** @throws TypeError a part that is no subject token */
export const tunnelOpenSubject = (tenant: string, forward: string): string => {
  checked(tenant, forward);
  return `tun.${tenant}.${forward}.open`;
};
/** @throws TypeError a part that is no subject token */
export const tunnelSubject = ({ tenant, forward, tunnel }: TunnelRef, way: 'up' | 'down'): string => {
  checked(tenant, forward, tunnel);
  return `tun.${tenant}.${forward}.${tunnel}.${way}`;
};
export const parseTunnelOpenSubject = (subject: string): { readonly tenant: string; readonly forward: string } | undefined => {
  const [kind, tenant = '', forward = '', verb, ...rest] = subject.split('.');
  return kind === 'tun' && verb === 'open' && rest.length === 0 && TENANT_SLUG.test(tenant) && TOKEN.test(forward) ? { tenant, forward } : undefined;
};

const HEADER = 5;
export const tunnelFrame = (kind: TunnelKind, seq: number, body: Uint8Array = EMPTY): Uint8Array => {
  const frame = new Uint8Array(HEADER + body.length);
  frame[0] = kind;
  new DataView(frame.buffer).setUint32(1, seq);
  frame.set(body, HEADER);
  return frame;
};
const EMPTY = new Uint8Array();
export const creditBody = (upTo: number): Uint8Array => {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setBigUint64(0, BigInt(upTo));
  return body;
};

export type TunnelFrame = { readonly seq: number } & ({ readonly kind: 'data'; readonly bytes: Uint8Array } | { readonly kind: 'credit'; readonly upTo: number } | { readonly kind: 'end' | 'beat' } | { readonly kind: 'abort'; readonly why: string });

/** Undefined: it is none. */
export const parseTunnelFrame = (frame: Uint8Array): TunnelFrame | undefined => {
  if (frame.length < HEADER) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const seq = view.getUint32(1);
  switch (frame[0]) {
    case TUNNEL_KIND.DATA: return { kind: 'data', seq, bytes: frame.subarray(HEADER) };
    case TUNNEL_KIND.CREDIT: return frame.length === HEADER + 8 ? { kind: 'credit', seq, upTo: Number(view.getBigUint64(HEADER)) } : undefined;
    case TUNNEL_KIND.END: return { kind: 'end', seq };
    case TUNNEL_KIND.ABORT: return { kind: 'abort', seq, why: new TextDecoder().decode(frame.subarray(HEADER)) };
    case TUNNEL_KIND.BEAT: return { kind: 'beat', seq };
    default: return undefined;
  }
};
