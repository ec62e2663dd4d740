/**
 * Says at a log-in that this device has logged in to this account before: guesses from elsewhere then do not keep its owner out.
 * Form: up to four of `<nonce>.<mac>` with `~` between, one per account that was used on the device. After the device cookies of OWASP.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface DeviceTokens {
  /** The device's nonce for this account (a subject token), if the token has one that is authentic. */
  known(token: string | undefined, account: string): string | undefined;
  /** The token with this account in it. */
  with(token: string | undefined, account: string): string;
}

const ENTRY = /^([0-9a-f]{32})\.([\w-]{43})$/;
const MOST = 4;

export const deviceTokens = (key: Uint8Array): DeviceTokens => {
  const macOf = (account: string, nonce: string): string => createHmac('sha256', key).update(`device ${account} ${nonce}`).digest('base64url');
  const entriesOf = (token: string | undefined): string[] => (token ?? '').split('~').filter(e => ENTRY.test(e)).slice(0, MOST);
  const nonceOf = (entry: string, account: string): string | undefined => {
    const [, nonce = '', mac = ''] = ENTRY.exec(entry) ?? [];
    return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(account, nonce))) ? nonce : undefined;
  };
  return {
    known: (token, account) => entriesOf(token).map(e => nonceOf(e, account)).find(n => n !== undefined),
    with(token, account) {
      const entries = entriesOf(token);
      if (entries.some(e => nonceOf(e, account) !== undefined)) return entries.join('~');
      const nonce = randomBytes(16).toString('hex');
      return [`${nonce}.${macOf(account, nonce)}`, ...entries].slice(0, MOST).join('~');
    },
  };
};
