/** Guesses of somebody who is logged in: at the password to change it, at a proof, at the first code. Counted per person. */
import { Refusal } from '@xanthus/kernel';
import type { Attempt, LoginThrottle } from '../adapters/login-throttle.js';
import { ACCOUNT_BACK_OFF } from '../domain/back-off.js';

export interface Guesses {
  /** @throws Refusal with this code while further tries have to wait */
  begin(person: string, code: string): Promise<Attempt>;
}

export const guessesWith = (throttle: LoginThrottle): Guesses => ({
  async begin(person, code) {
    const attempt = await throttle.begin([{ kind: 'person', key: person, limits: ACCOUNT_BACK_OFF }]);
    if ('wait' in attempt) throw new Refusal(code, `Too many wrong tries; try again in ${Math.ceil(attempt.wait / 1_000)} s.`, { retry_after_ms: attempt.wait }, true);
    return attempt;
  },
});
