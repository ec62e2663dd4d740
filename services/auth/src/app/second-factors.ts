/** Authenticator apps and recovery codes: secrets and hashes in the vault, what counts and what was used in the log. */
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import type { Views } from '@xanthus/jetstream';
import { INSTALLATION, type OutputOf, type Written } from '@xanthus/proto';
import type { confirmTotp, renewRecoveryCodes, startTotp } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import { newRecoveryCodes, newTotpSecret, normaliseCode, recoveryHash, RECOVERY_CODES, stepOf, totpUri } from '../adapters/one-time-codes.js';
import type { Persons } from '../adapters/persons.js';
import { person, type PersonCommand, type PersonEvent, type PersonState, type RegisteredPerson } from '../domain/person.js';
import { wrongCode, type SecondFactor } from '../domain/second-factor.js';
import type { Guesses } from './guesses.js';
import type { Handle } from './handle.js';

const VIEW_PATIENCE = 2_000;

export interface SecondFactorsDeps { readonly handle: Handle; readonly persons: Persons; readonly vault: Vault; readonly views: Views; readonly guesses: Guesses }

/** `context.id` is the person's; every method is about one's own. */
export class SecondFactors {
  constructor(private readonly deps: SecondFactorsDeps) {}

  /** @throws Refusal TOTP.ALREADY_ON, TOTP.NO_PASSWORD */
  async start(context: CommandContext): Promise<OutputOf<typeof startTotp>> {
    const { vault, persons } = this.deps;
    const before = await this.look(context);
    if (!before.has_password) throw new Refusal('TOTP.NO_PASSWORD', 'You log in through a provider, which asks for its own second factor; this one is for log-ins with a password.');
    const name = `totp-${newId()}`;
    const secret = newTotpSecret();
    await vault.put(INSTALLATION, name, secret);
    const { events, ...written } = await this.handled(context, { type: 'StartTotp', secret: name }, [name]);
    const [started] = events;
    // sent again: what the first try made is shown, once more
    const kept = started?.type === 'TotpStarted' ? started.data.secret : name;
    if (kept !== name) await vault.destroy(INSTALLATION, name);
    const { pending } = before.second_factor;
    if (pending !== undefined && pending !== kept) await vault.destroy(INSTALLATION, pending);
    const shown = kept === name ? secret : await vault.getText(INSTALLATION, kept);
    return { ...written, secret: shown, uri: totpUri(shown, (await persons.record(context.id))?.email ?? context.id) };
  }

  /** @throws Refusal TOTP.NOT_STARTED, TOTP.WRONG_CODE, TOTP.ALREADY_ON, TOTP.TOO_MANY */
  async confirm(context: CommandContext, code: string): Promise<OutputOf<typeof confirmTotp>> {
    const { pending, totp } = (await this.look(context)).second_factor;
    if (totp !== undefined) throw new Refusal('TOTP.ALREADY_ON', 'The second factor is on already; its recovery codes can be renewed.');
    if (pending === undefined) throw new Refusal('TOTP.NOT_STARTED', 'Begin with a new secret for the app.');
    const attempt = await this.deps.guesses.begin(context.id, 'TOTP.TOO_MANY');
    const step = stepOf(await this.deps.vault.getText(INSTALLATION, pending), normaliseCode(code), Date.parse(context.now));
    if (step === undefined) throw wrongCode();
    await attempt.succeeded(['person']);
    return this.withCodes(context, recovery => ({ type: 'EnableTotp', secret: pending, step, recovery, codes: RECOVERY_CODES }));
  }

  /** @throws Refusal TOTP.OFF */
  async renew(context: CommandContext): Promise<OutputOf<typeof renewRecoveryCodes>> {
    const before = (await this.look(context)).second_factor.recovery?.secret;
    const renewed = await this.withCodes(context, recovery => ({ type: 'RenewRecoveryCodes', recovery, codes: RECOVERY_CODES }));
    if (before !== undefined) await this.deps.vault.destroy(INSTALLATION, before);
    return renewed;
  }

  /** @throws Refusal TOTP.OFF */
  async disable(context: CommandContext): Promise<Written> {
    const { second_factor } = await this.look(context);
    const { events: _events, ...written } = await this.handled(context, { type: 'DisableTotp' });
    await this.destroy(second_factor);
    return written;
  }

  /**
   * Takes a code of the app or a recovery code, and uses it up. @returns which it was; undefined: neither, or used before
   */
  async accept(context: CommandContext, factor: SecondFactor, code: string): Promise<'totp' | 'recovery' | undefined> {
    const { vault } = this.deps;
    const { totp, recovery } = factor;
    const given = normaliseCode(code);
    if (totp === undefined) return undefined;
    if (/^\d{6}$/.test(given)) {
      const step = stepOf(await vault.getText(INSTALLATION, totp.secret), given, Date.parse(context.now));
      return step !== undefined && (await this.used(context, { type: 'UseTotp', step })) ? 'totp' : undefined;
    }
    if (recovery === undefined) return undefined;
    const index = (JSON.parse(await vault.getText(INSTALLATION, recovery.secret)) as string[]).indexOf(recoveryHash(given));
    return index >= 0 && (await this.used(context, { type: 'UseRecoveryCode', recovery: recovery.secret, index })) ? 'recovery' : undefined;
  }

  /** After the log says that it is off. */
  async destroy({ pending, totp, recovery }: SecondFactor): Promise<void> {
    for (const name of [pending, totp?.secret, recovery?.secret]) if (name !== undefined) await this.deps.vault.destroy(INSTALLATION, name);
  }

  private async used(context: CommandContext, command: Extract<PersonCommand, { type: 'UseTotp' | 'UseRecoveryCode' }>): Promise<boolean> {
    try {
      await this.deps.handle(person, { ...context, tenant: INSTALLATION, command_id: newId() }, command);
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'TOTP.WRONG_CODE') return false;
      throw error;
    }
  }

  private async withCodes(context: CommandContext, command: (recovery: string) => PersonCommand): Promise<Written & { recovery_codes: string[] }> {
    const recovery = `recovery-${newId()}`;
    const recovery_codes = newRecoveryCodes();
    await this.deps.vault.put(INSTALLATION, recovery, JSON.stringify(recovery_codes.map(recoveryHash)));
    const { events: _events, repeated, ...written } = await this.handled(context, command(recovery), [recovery]);
    if (repeated) {
      await this.deps.vault.destroy(INSTALLATION, recovery);
      throw new Refusal('TOTP.ALREADY_ON', 'This was done already, and codes are shown once; renew the recovery codes.');
    }
    return { ...written, recovery_codes };
  }

  private async look(context: CommandContext): Promise<RegisteredPerson> {
    const { state } = await this.deps.handle(person, { ...context, tenant: INSTALLATION, command_id: newId() }, { type: 'Look' });
    if (state.status !== 'registered') throw new Refusal('PERSON.NOT_FOUND', 'There is no such person.');
    return state;
  }

  /** @param made what was put into the vault for it, to be destroyed if it is refused */
  private async handled(context: CommandContext, command: PersonCommand, made: readonly string[] = []): Promise<Written & { events: readonly PersonEvent[]; repeated: boolean }> {
    const result = await this.deps.handle<PersonState, PersonCommand, PersonEvent>(person, { ...context, tenant: INSTALLATION }, command).catch(async (error: unknown) => {
      if (error instanceof Refusal) for (const name of made) await this.deps.vault.destroy(INSTALLATION, name);
      throw error;
    });
    const { id, stream, seq, events, repeated } = result;
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq, events: events as readonly PersonEvent[], repeated };
  }
}
