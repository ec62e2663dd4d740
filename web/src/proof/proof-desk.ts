/**
 * Dangerous acts need a fresh proof of who asks: the service answers `AUTH.PROOF_NEEDED`, the person proves it once, and the same command is sent
 * once more. This is the only place that knows of it; no page does.
 */
import type { Client } from '@xanthus/client';

export const PROOF_NEEDED = 'AUTH.PROOF_NEEDED';

export type ProofMethod = 'password' | 'totp' | 'recovery';
export interface ProofQuestion { readonly methods: readonly ProofMethod[] }

const METHODS: readonly ProofMethod[] = ['password', 'totp', 'recovery'];

/** Which ways of proving the refusal names; a password if it names none that is known here. */
export const methodsOf = (error: unknown): readonly ProofMethod[] => {
  const named: unknown = (error as { details?: { methods?: unknown } } | null)?.details?.methods;
  const known = METHODS.filter(m => Array.isArray(named) && named.includes(m));
  return known.length > 0 ? known : ['password'];
};

/** Where the question waits for its answer. Commands that ask at the same time wait for the same answer. */
export class ProofDesk {
  #question: ProofQuestion | undefined;
  #waiting: Promise<boolean> | undefined;
  #answer: (proved: boolean) => void = () => undefined;
  readonly #listeners = new Set<() => void>();

  readonly get = (): ProofQuestion | undefined => this.#question;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @returns whether it was proved */
  readonly ask = (question: ProofQuestion): Promise<boolean> => {
    this.#waiting ??= new Promise(resolve => {
      this.#answer = resolve;
      this.#set(question);
    });
    return this.#waiting;
  };

  readonly answer = (proved: boolean): void => {
    this.#waiting = undefined;
    this.#answer(proved);
    this.#set(undefined);
  };

  #set(question: ProofQuestion | undefined): void {
    this.#question = question;
    for (const listener of this.#listeners) listener();
  }
}

type Ask = (question: ProofQuestion) => Promise<boolean>;

/** Sends; where a proof is needed, asks for it and sends once more. Without a proof the refusal stands. */
export const proving = (ask: Ask) => async <T>(send: () => Promise<T>): Promise<T> => {
  try {
    return await send();
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== PROOF_NEEDED || !await ask({ methods: methodsOf(error) })) throw error;
    return send();
  }
};

/** A client whose every command and query does so. */
export const withProof = (client: Client, ask: Ask): Client => {
  const proved = proving(ask);
  return {
    ...client,
    command: (contract, input, options) => proved(() => client.command(contract, input, options)),
    query: (contract, input, options) => proved(() => client.query(contract, input, options)),
  };
};
