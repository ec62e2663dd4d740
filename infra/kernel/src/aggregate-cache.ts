import type { AggregateRef } from '@xanthus/proto';

/** Tokens of a subject: none holds a point. */
const keyOf = ({ tenant, service, aggregate, id }: AggregateRef): string => `${tenant}.${service}.${aggregate}.${id}`;

/** An aggregate as far as it was folded. */
export interface Folded<S = unknown> {
  readonly seq: number;
  readonly state: S;
  /** Command ids of the newest events with the sequence of their first one, oldest first. */
  readonly recent: readonly RecentCommand[];
  /** Events folded since the last snapshot. */
  readonly unsaved: number;
}

export interface RecentCommand { readonly id: string; readonly seq: number; /** A claim of this command was voided: it must not append any more. */ readonly voided?: true }

/**
 * Hot aggregates in memory, and one command at a time per aggregate in this process. A copy that is stale does no harm: the append's
 * expectation finds out. States must be immutable.
 */
export class AggregateCache {
  readonly #kept = new Map<string, Folded>();
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(private readonly max = 2_000) {}

  get<S>(ref: AggregateRef): Folded<S> | undefined {
    return this.#kept.get(keyOf(ref)) as Folded<S> | undefined;
  }

  set(ref: AggregateRef, folded: Folded): void {
    const key = keyOf(ref);
    this.#kept.delete(key);
    this.#kept.set(key, folded);
    if (this.#kept.size <= this.max) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }

  drop(ref: AggregateRef): void {
    this.#kept.delete(keyOf(ref));
  }

  /** Runs `work` when the work before it on the same aggregate has ended. */
  async inTurn<T>(ref: AggregateRef, work: () => Promise<T>): Promise<T> {
    const key = keyOf(ref);
    const mine = (this.#busy.get(key) ?? Promise.resolve()).then(work, work);
    this.#busy.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(key) === mine) this.#busy.delete(key);
    }
  }
}
