/** `authorized_keys` of a server as data. Pure. */
import type { OutputOf } from '@xanthus/proto';
import type { serverKeys } from '@xanthus/proto/vps';
import { parsePublicKey } from '@xanthus/ssh';
import { clean } from '../remote/remote-text.js';

export type AuthorizedKey = OutputOf<typeof serverKeys>['items'][number];
export interface KeyLine { readonly type: string; /** base64 */ readonly blob: string; readonly fingerprint: string; readonly comment: string; readonly restricted: boolean }

/** Where a key begins: options before it may hold spaces in quotes. */
const KEY = /(?:^|\s)((?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,2})(?:\s+(.*))?$/;

export const parseKeyLine = (line: string): KeyLine | undefined => {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const [, words = '', comment = ''] = KEY.exec(text) ?? [];
  const key = words === '' ? undefined : parsePublicKey(words);
  const blob = words.split(' ')[1];
  return key && blob !== undefined ? { type: key.type, blob, fingerprint: key.fingerprint, comment: clean(comment, 200), restricted: !text.startsWith(words) } : undefined;
};

/** Each key once, as often as it may stand there. */
export const parseAuthorizedKeys = (text: string): readonly KeyLine[] => {
  const keys = new Map<string, KeyLine>();
  for (const line of text.split('\n')) {
    const key = parseKeyLine(line);
    if (key && !keys.has(key.fingerprint)) keys.set(key.fingerprint, key);
  }
  return [...keys.values()];
};
