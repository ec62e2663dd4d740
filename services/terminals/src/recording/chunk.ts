/**
 * A recording lies in chunks: JSON lines, compressed, encrypted, each with the hash of all before it. What stands beside a chunk in clear are numbers, times and hashes,
 * so that a place is found and the chain is walked without a key.
 */
import { createHash, hkdfSync } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { openBytes, sealBytes } from '@xanthus/vault';
import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const about = z.object({
  n: count, /** ms since 1970 of the recording's beginning. */ began: count, /** Of the event before its first one, and of its last one; ms from the beginning. */ from: count, to: count, /** Of this and all before: bytes of the session, bytes as stored. */ raw: count, bytes: count,
  /** The chunk that holds the newest screen, up to this one; -1: there is none. */ key: z.int().min(-1), /** Name of the secret that it is encrypted under. */ secret: z.string().regex(/^[a-z0-9-]{1,64}$/), prev: hash, hash,
});
/** What stands beside a chunk. */
export type About = z.infer<typeof about>;

export const NO_HASH = '0'.repeat(64);
/** A chunk decompresses to no more: more is none of ours. */
const MOST = 8 * 1024 * 1024;

/** A screen to begin at: as it was after `i` events of chunk `n`. */
export interface KeyLine { readonly at_ms: number; readonly n: number; readonly i: number; readonly cols: number; readonly rows: number; readonly text: string }
export interface CommandLine { readonly at_ms: number; readonly text: string; readonly exit_code: number | null; readonly duration_ms: number; readonly confidence: 'marked' | 'guessed' }
/** Lines that are no events of the asciicast. */
export type Aside = { readonly header: Readonly<Record<string, unknown>> } | { readonly screen: KeyLine } | { readonly command: CommandLine };
export type Line = readonly [seconds: number, code: string, data: string] | Aside;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Each recording has a key of its own. */
export const keyOf = (secret: Uint8Array, session: string): Buffer => Buffer.from(hkdfSync('sha256', secret, session, 'xanthus.recording.v1', 32));
const contextOf = (tenant: string, session: string, part: string): string[] => ['xanthus.recording.v1', tenant, session, part];

export interface Place { readonly tenant: string; readonly session: string }
export const pack = (lines: string): Promise<Buffer> => compress(lines, { level: 3 });
export const seal = (key: Uint8Array, { tenant, session }: Place, part: string, packed: Uint8Array): Buffer => sealBytes(key, contextOf(tenant, session, part), packed);

/** @throws Error if a bit, the place or the key differs */
export const unseal = async (key: Uint8Array, { tenant, session }: Place, part: string, sealed: Uint8Array): Promise<string> =>
  (await decompress(openBytes(key, contextOf(tenant, session, part), sealed), { maxOutputLength: MOST })).toString('utf8');

/** Over the hash before, the encrypted bytes, and all that stands beside them. */
export const hashOf = (sealed: Uint8Array, { prev, hash: _own, ...rest }: Omit<About, 'hash'> & { readonly hash?: string }): string => {
  const { n, began, from, to, raw, bytes, key, secret } = rest;
  return createHash('sha256').update(Buffer.from(prev, 'hex')).update(sealed).update(JSON.stringify([n, began, from, to, raw, bytes, key, secret])).digest('hex');
};

export const ABOUT_HEADER = 'Xanthus-Chunk';
export const readAbout = (header: string | undefined): About | undefined => {
  try {
    return about.safeParse(JSON.parse(header ?? '')).data;
  } catch {
    return undefined;
  }
};

export const linesOf = (text: string): Line[] => text.split('\n').filter(l => l !== '').map(l => JSON.parse(l) as Line);
export const isEvent = (line: Line): line is readonly [number, string, string] => Array.isArray(line);
