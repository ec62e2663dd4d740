/** What a scenario of the model test is made of: steps drawn from a seed, what was seen, and the oracle that judges it. */
export type Step =
  | { readonly do: 'publish'; readonly to: 'a' | 'b'; readonly count: number }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'cut' | 'stall' | 'heal' | 'drop' | 'duplicate' | 'slow' | 'fast' | 'reopen' | 'other' | 'purge' | 'trim' | 'recreate' | 'revoke' | 'grant' | 'killNats' };

export interface Scenario { readonly seed: number; readonly everything: boolean; readonly credit: number; readonly steps: readonly Step[] }

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
  // Everybody feels it, so only now and then.
  if (seed % 100 === 50) steps.splice(random(steps.length), 0, { do: 'killNats' });
  return { seed, everything: random(2) === 0, credit: 4 + random(20), steps };
};

/** A message as it was stored: `life` counts how often the stream was made anew. */
export interface Stored { readonly life: number; readonly seq: number; readonly to: 'a' | 'b'; readonly uid: string; removed: boolean }
/** What the reader saw, in order; `open` where the program itself began to read at `from`. */
export type Seen = { readonly open: number } | { readonly reset: string; readonly from: number } | { readonly seq: number; readonly uid: string };

export interface Observed { readonly stored: readonly Stored[]; readonly seen: readonly Seen[]; readonly everything: boolean; /** Not one of these happened: no such reset may be told. */ readonly happened: ReadonlySet<string> }

/** Every promise that was broken, in sentences; what purge or trim removed may be missing. */
export const judge = ({ stored, seen, everything, happened }: Observed): string[] => {
  const problems: string[] = [];
  const byUid = new Map(stored.map(message => [message.uid, message]));
  const wanted = stored.filter(message => everything || message.to === 'a');
  let position = 0;
  let life: number | undefined;
  let since = 0; // problems of the history that is read now begin here
  for (const step of seen) {
    if ('open' in step || 'reset' in step) {
      // The gateway looks for a new stream every 5 s. What it told meanwhile is void from this reset on: it was detected.
      if ('reset' in step && step.reset === 'epoch_changed') problems.length = since;
      since = problems.length;
      position = ('open' in step ? step.open : step.from) - 1;
      life = undefined;
      if ('reset' in step && step.reset === 'epoch_changed' && !happened.has('recreate')) problems.push('reset epoch_changed, but the stream is the same');
      if ('reset' in step && step.reset === 'trimmed' && !happened.has('purge') && !happened.has('trim')) problems.push('reset trimmed, but nothing was trimmed');
      continue;
    }
    const message = byUid.get(step.uid);
    if (message === undefined || message.seq !== step.seq) problems.push(`${step.seq} (${step.uid}) was never stored so`);
    else if (!everything && message.to !== 'a') problems.push(`${step.seq} is not of the filter`);
    else {
      life ??= message.life;
      if (message.life !== life) problems.push(`${step.seq} is of life ${message.life}, without a reset after life ${life}`);
      if (step.seq <= position) problems.push(`${step.seq} after ${position}: repeated or out of order`);
      const missing = wanted.filter(w => w.life === message.life && w.seq > position && w.seq < step.seq && !w.removed);
      if (missing.length > 0) problems.push(`undetected gap before ${step.seq}: ${missing.map(m => m.seq).join(', ')}`);
    }
    position = step.seq;
  }
  return problems;
};
