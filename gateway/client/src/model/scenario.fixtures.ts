/** What a scenario of the model test is made of: steps drawn from a seed. */
export type Fault = 'cut' | 'stall' | 'heal' | 'drop' | 'duplicate' | 'slow' | 'fast' | 'reopen' | 'other' | 'purge' | 'trim' | 'recreate' | 'revoke' | 'grant' | 'killNats' | 'killGateway';
export type Step =
  | { readonly do: 'publish'; readonly to: 'a' | 'b'; readonly count: number }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: Fault };

export interface Scenario {
  readonly seed: number;
  /** The first reader wants `a` and `b`, else only `a`. */
  readonly everything: boolean;
  readonly credit: number;
  /** Beside the first reader there is one for `b` alone, without a limit. */
  readonly second?: boolean;
  readonly steps: readonly Step[];
}

/** Small and good enough; the same numbers for the same seed (mulberry32). */
export const randomOf = (seed: number) => {
  let state = (seed * 0x9e3779b9) >>> 0;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

const FAULTS = ['cut', 'cut', 'stall', 'heal', 'heal', 'drop', 'drop', 'duplicate', 'duplicate', 'slow', 'fast', 'reopen', 'other', 'purge', 'trim', 'recreate', 'revoke', 'grant', 'grant'] as const;

export const scenarioOf = (seed: number): Scenario => {
  const random = randomOf(seed);
  const steps = Array.from({ length: 8 + random(10) }, (): Step => {
    const kind = random(10);
    if (kind < 5) return { do: 'publish', to: random(3) === 0 ? 'b' : 'a', count: 1 + random(12) };
    if (kind === 5) return random(2) === 0 ? { do: 'delay', ms: 1 + random(20) } : { do: 'wait', ms: 1 + random(60) };
    return { do: FAULTS[random(FAULTS.length)] ?? 'heal' };
  });
  // Everybody feels these, so only now and then.
  if (seed % 100 === 50) steps.splice(random(steps.length), 0, { do: 'killNats' });
  if (seed % 100 === 20) steps.splice(random(steps.length), 0, { do: 'killGateway' });
  return { seed, everything: random(2) === 0, credit: 4 + random(20), second: random(3) === 0, steps };
};
