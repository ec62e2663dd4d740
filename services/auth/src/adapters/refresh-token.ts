/**
 * Refresh tokens: `xr.<session>.<generation>.<mac>`. The MAC makes each generation of a session's token known again without keeping it,
 * so that a used one is recognised for ever and the newest can be answered once more to a second tab.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isUlid } from '@xanthus/proto';

export interface RefreshTokens {
  make(session: string, generation: number): string;
  /** The token's session and generation; undefined if it is not one of ours. */
  read(token: string): { readonly session: string; readonly generation: number } | undefined;
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export const refreshTokens = (key: Buffer): RefreshTokens => {
  const make = (session: string, generation: number): string => {
    const body = `xr.${session}.${generation}`;
    return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
  };
  return {
    make,
    read(token) {
      const [, session = '', number = ''] = token.split('.');
      if (!isUlid(session) || !/^\d{1,9}$/.test(number)) return undefined;
      const generation = Number(number);
      const expected = Buffer.from(make(session, generation));
      const shown = Buffer.from(token);
      return shown.length === expected.length && timingSafeEqual(shown, expected) ? { session, generation } : undefined;
    },
  };
};
