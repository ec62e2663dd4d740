import { NOTHING, type PastState } from './view-at.types.js';

/** In memory, all tenants together: how many states, and how many characters. Texts that states share are counted in each of them. */
const MOST_STATES = 48;
const MOST_CHARACTERS = 64_000_000;

/** States that were folded lately. What was not asked for longest goes. */
export class States {
  readonly #kept = new Map<PastState, string>();
  #characters = 0;

  put(tenant: string, state: PastState): void {
    if (state.seq === 0) return;
    for (const [known, of] of this.#kept) if (of === tenant && known.seq === state.seq) this.#remove(known);
    this.#kept.set(state, tenant);
    this.#characters += state.characters;
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= MOST_STATES && this.#characters <= MOST_CHARACTERS) return;
      this.#remove(oldest);
    }
  }

  all(tenant: string): PastState[] {
    return [...this.#kept].flatMap(([state, of]) => (of === tenant ? [state] : []));
  }

  /** Between its last event and the next one nothing changes. */
  exact(tenant: string, upTo: number): PastState | undefined {
    const found = this.all(tenant).find(s => s.seq <= upTo && s.upTo >= upTo);
    if (found !== undefined) this.#used(found, tenant);
    return found;
  }

  /** The nearest at or before a sequence. */
  before(tenant: string, upTo: number): PastState {
    const found = this.all(tenant).reduce((best, s) => (s.seq <= upTo && s.seq > best.seq ? s : best), NOTHING);
    if (found !== NOTHING) this.#used(found, tenant);
    return found;
  }

  drop(tenant: string): void {
    for (const state of this.all(tenant)) this.#remove(state);
  }

  clear(): void {
    this.#kept.clear();
    this.#characters = 0;
  }

  #used(state: PastState, tenant: string): void {
    this.#kept.delete(state);
    this.#kept.set(state, tenant);
  }

  #remove(state: PastState): void {
    if (this.#kept.delete(state)) this.#characters -= state.characters;
  }
}
