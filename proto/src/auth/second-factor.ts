/** Codes of an authenticator app (RFC 6238) as the second factor of a log-in with a password, and recovery codes for the day the app is lost. */
import { z } from 'zod';
import { defineCommand } from '../contract.js';
import { written } from '../envelope.js';
import { eventOf } from './common.js';
import { secondFactorCode } from './sessions.js';

const recoveryCodes = z.array(z.string());

export const startTotp = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'start-totp', on: 'id', sudo: true, summary: 'Make a secret for an authenticator app; it is shown now only and counts once a code of it was given.',
  input: z.object({}), output: written.extend({ /** Base32, to type in. */ secret: z.string(), /** `otpauth://totp/…`, to show as a QR code. */ uri: z.string() }), example: {}, errors: ['TOTP.ALREADY_ON', 'TOTP.NO_PASSWORD'],
});

export const confirmTotp = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'confirm-totp', on: 'id', summary: 'Turn the second factor on with a code of the app; answers ten recovery codes, shown now only.',
  input: z.object({ code: secondFactorCode }), output: written.extend({ recovery_codes: recoveryCodes }), example: { code: '123456' }, errors: ['TOTP.NOT_STARTED', 'TOTP.WRONG_CODE', 'TOTP.ALREADY_ON', 'TOTP.TOO_MANY'],
});

export const disableTotp = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'disable-totp', on: 'id', sudo: true, summary: 'Turn one\'s own second factor off; its secret and the recovery codes are destroyed.',
  input: z.object({}), output: written, example: {}, errors: ['TOTP.OFF'],
});

export const renewRecoveryCodes = defineCommand({
  service: 'auth', aggregate: 'person', verb: 'renew-recovery-codes', on: 'id', sudo: true, summary: 'Make ten new recovery codes, shown now only; the old ones end.',
  input: z.object({}), output: written.extend({ recovery_codes: recoveryCodes }), example: {}, errors: ['TOTP.OFF'],
});

const person = eventOf('person');
const secret = z.string();
export const secondFactorEvents = {
  TotpStarted: person('TotpStarted', 'A secret for an authenticator app was made; it lies in the vault under `secret` and does not count yet.', z.object({ secret }), { secret: 'totp-01jd3x8e2v5y9w4z7q6r1s0ttp' }),
  TotpEnabled: person('TotpEnabled', 'The second factor is on. Hashes of recovery codes lie in the vault under `recovery`. `step`: the code of this time step (30 s since 1970) was used.', z.object({ secret, recovery: z.string(), codes: z.int(), step: z.int() }), {
    secret: 'totp-01jd3x8e2v5y9w4z7q6r1s0ttp', recovery: 'recovery-01jd3x8e2v5y9w4z7q6r1s0trc', codes: 10, step: 58_786_560,
  }),
  TotpUsed: person('TotpUsed', 'A code of the app was accepted; it and older ones are not accepted again.', z.object({ step: z.int() }), { step: 58_786_561 }),
  RecoveryCodeUsed: person('RecoveryCodeUsed', 'A recovery code was accepted; it is not accepted again.', z.object({ index: z.int().min(0) }), { index: 3 }),
  RecoveryCodesRenewed: person('RecoveryCodesRenewed', 'New recovery codes; the old ones end.', z.object({ recovery: z.string(), codes: z.int() }), { recovery: 'recovery-01jd3x8e2v5y9w4z7q6r1s0trc', codes: 10 }),
  TotpDisabled: person('TotpDisabled', 'The second factor is off: by the person, or with a reset link.', z.object({ reason: z.enum(['disabled', 'reset']) }), { reason: 'disabled' }),
} as const;
