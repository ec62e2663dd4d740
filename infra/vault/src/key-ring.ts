/** Data keys of a tenant and service. New values are encrypted under the current one; older ones stay until nothing needs them. */
import { createHmac, randomBytes } from 'node:crypto';
import { KEY_BYTES } from './aead.js';

export interface KeyRing {
  /** Number of the key for new values. */
  readonly current: number;
  readonly keys: ReadonlyMap<number, Buffer>;
  /** Marks and fingerprints are keyed by this one, which is never replaced: they must be found again. */
  readonly mark: Buffer;
}

export const newRing = (): KeyRing => ({ current: 1, keys: new Map([[1, randomBytes(KEY_BYTES)]]), mark: randomBytes(KEY_BYTES) });

/** From before keys had numbers. Its mark follows from the key one way, so that the key itself can be destroyed later. */
export const firstRing = (key: Buffer): KeyRing => ({ current: 1, keys: new Map([[1, key]]), mark: createHmac('sha256', key).update('xanthus.marker.v1').digest() });

export const withNewKey = (ring: KeyRing): KeyRing => {
  const current = ring.current + 1;
  return { ...ring, current, keys: new Map([...ring.keys, [current, randomBytes(KEY_BYTES)]]) };
};

export const onlyCurrent = (ring: KeyRing): KeyRing => ({ ...ring, keys: new Map([...ring.keys].filter(([number]) => number === ring.current)) });

interface Flat { readonly current: number; readonly keys: Readonly<Record<string, string>>; readonly mark: string }

export const ringToBytes = ({ current, keys, mark }: KeyRing): Buffer =>
  Buffer.from(JSON.stringify({ current, keys: Object.fromEntries([...keys].map(([number, key]) => [number, key.toString('base64')])), mark: mark.toString('base64') } satisfies Flat));

export const ringFromBytes = (bytes: Uint8Array): KeyRing => {
  const { current, keys, mark } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Flat;
  return { current, keys: new Map(Object.entries(keys).map(([number, key]) => [Number(number), Buffer.from(key, 'base64')])), mark: Buffer.from(mark, 'base64') };
};
