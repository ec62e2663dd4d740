/** Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 s, as every app takes them) and recovery codes. */
import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const PERIOD = 30;
/** Steps that the clocks of phone and server may differ by. */
const WINDOW = 1;
export const RECOVERY_CODES = 10;
/** Without what is read as something else: 0 O, 1 I L. 16 of them are 79 bits. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

const totp = (secret: string, label = ''): TOTP => new TOTP({ issuer: 'Xanthus', label, secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: PERIOD });

/** 160 bits, base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;
export const totpUri = (secret: string, label: string): string => totp(secret, label).toString();

/** Spaces and hyphens are for reading. */
export const normaliseCode = (code: string): string => code.replaceAll(/[\s-]/g, '').toLowerCase();

/** The time step of which this is the code (now, the one before or after), or undefined. Compared in constant time. */
export const stepOf = (secret: string, code: string, now: number): number | undefined => {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totp(secret).validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? undefined : Math.floor(now / 1_000 / PERIOD) + delta;
};

/** `xxxx-xxxx-xxxx-xxxx` */
export const newRecoveryCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, () => (randomLetters(16).match(/.{4}/g) ?? []).join('-'));

const randomLetters = (length: number): string => {
  let text = '';
  // bytes over the last whole multiple would make the first letters more frequent
  while (text.length < length) for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % ALPHABET.length);
  return text;
};

/** 79 random bits can't be tried through, so a plain hash is enough; it lies encrypted besides. */
export const recoveryHash = (code: string): string => createHash('sha256').update(`recovery ${normaliseCode(code)}`).digest('hex');
