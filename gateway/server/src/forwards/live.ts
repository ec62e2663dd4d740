/** What goes on through forwards now. Rights are asked again whenever something changes, and what is no longer allowed is cut. */
export interface Allowed { readonly tenant: string; readonly forward: string; readonly person: string; readonly session: string }
export interface Exchange extends Allowed { cut(): void }

export interface Live {
  /** Returns what to call at its end. */
  add(exchange: Exchange): () => void;
  /** Asks for each again. */
  review(): void;
  readonly size: number;
  stop(): void;
}

/** Time runs out without a word from anybody, ms. */
const LOOK = 1_000;

export const liveExchanges = (allows: (who: Allowed) => boolean, dropped: (who: Allowed) => void): Live => {
  const all = new Set<Exchange>();
  const review = (): void => {
    const answers = new Map<string, boolean>();
    for (const exchange of all) {
      const key = `${exchange.forward}.${exchange.session}`;
      const may = answers.get(key) ?? allows(exchange);
      answers.set(key, may);
      if (may) continue;
      all.delete(exchange);
      dropped(exchange);
      exchange.cut();
    }
  };
  const timer = setInterval(review, LOOK).unref();
  return {
    add(exchange) {
      all.add(exchange);
      return () => void all.delete(exchange);
    },
    review,
    get size() { return all.size; },
    stop() {
      clearInterval(timer);
      for (const exchange of all) exchange.cut();
      all.clear();
    },
  };
};
