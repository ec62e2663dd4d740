/** What a person was let do with one file, to be shown with every part of it: no copy of the service has to remember it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from '@xanthus/kernel';
import type { Actor } from '@xanthus/proto';

export interface FileToken {
  readonly act: 'download' | 'upload';
  readonly tenant: string;
  readonly server: string;
  readonly who: string;
  /** Real path of the file. */
  readonly path: string;
  readonly size: number;
  /** Of a download: seconds, as the host told when it began. Of an upload: of the source, or null. */
  readonly modified: number | null;
  /** Of an upload: where it waits. */
  readonly part?: string;
  readonly overwrite?: boolean;
  /** ms since 1970. */
  readonly until: number;
}

const DAY = 24 * 3_600_000;
export const whoOf = ({ kind, id }: Actor): string => `${kind}:${id}`;
const mac = (mark: Uint8Array, text: string): Buffer => createHmac('sha256', mark).update('xanthus.file-token.v1\0').update(text).digest();

export const sealToken = (mark: Uint8Array, token: Omit<FileToken, 'until'>, now: number): string => {
  const text = Buffer.from(JSON.stringify({ ...token, until: now + DAY } satisfies FileToken)).toString('base64url');
  return `${text}.${mac(mark, text).toString('base64url')}`;
};

const invalid = (): Refusal => new Refusal('FILES.TOKEN_INVALID', 'This upload or download was not begun by you, not on this server, or more than a day ago. Begin it again.');

/** @throws Refusal FILES.TOKEN_INVALID */
export const openToken = (mark: Uint8Array, given: string, expected: Pick<FileToken, 'act' | 'tenant' | 'server' | 'who'>, now: number): FileToken => {
  const [text = '', proof = '', ...rest] = given.split('.');
  const [wanted, shown] = [mac(mark, text), Buffer.from(proof, 'base64url')];
  if (rest.length > 0 || wanted.length !== shown.length || !timingSafeEqual(wanted, shown)) throw invalid();
  const token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as FileToken;
  if (token.until < now || (['act', 'tenant', 'server', 'who'] as const).some(key => token[key] !== expected[key])) throw invalid();
  return token;
};
