/** The oracle: what one reader saw, beside what was stored. No more lenient than docs/gateway.md. */

/** A message as it was stored. `life` counts how often the stream was made anew. */
export interface Stored {
  readonly life: number;
  readonly seq: number;
  readonly to: 'a' | 'b';
  readonly uid: string;
  /** When purge or trim was about to remove it, on the same clock as `Seen`. */
  removed?: number;
}

/** In order; `at` is a clock that only counts. */
export type Seen = { readonly at: number } & (
  /** The program itself began to read at `open`. */
  | { readonly open: number }
  | { readonly reset: string; readonly from: number }
  /** `barred`: it was published, and no right to it given back, after every gateway had said that the right is gone. */
  | { readonly seq: number; readonly uid: string; readonly barred?: boolean }
);

/** Nothing up to `upTo` was kept from then on. */
export interface Removal { readonly at: number; readonly life: number; readonly upTo: number }

export interface Observed { readonly stored: readonly Stored[]; readonly removals: readonly Removal[]; readonly seen: readonly Seen[]; readonly wants: readonly ('a' | 'b')[] }

/** Every promise that was broken, in sentences. */
export const judge = ({ stored, removals, seen, wants }: Observed): string[] => {
  const problems: string[] = [];
  const byUid = new Map(stored.map(message => [message.uid, message]));
  const wanted = stored.filter(message => wants.includes(message.to));
  /** Everything of interest up to here was seen, or is before the start. */
  let position = 0;
  let opened = 1;
  let life: number | undefined;
  /** It has seen nothing since it began, or since a reset: what is gone by then it never had. */
  let fresh = true;
  /** The life that the last reset ended. */
  let over: number | undefined;

  const reset = (reason: string, from: number, at: number): void => {
    if (from > opened) problems.push(`reset ${reason} goes on from ${from}, asked for was ${opened}`);
    if (reason === 'trimmed') {
      const lost = removals.some(r => r.at < at && r.upTo > position && (life === undefined || r.life === life));
      if (!lost) problems.push(`reset trimmed after ${position}, but nothing later was removed`);
    } else if (reason !== 'epoch_changed') problems.push(`reset ${reason} for no reason`);
    over = reason === 'epoch_changed' ? (life ?? over) : undefined;
  };

  const message = (step: { at: number; seq: number; uid: string; barred?: boolean }): void => {
    const known = byUid.get(step.uid);
    if (known === undefined || known.seq !== step.seq) return void problems.push(`${step.seq} (${step.uid}) was never stored so`);
    if (!wants.includes(known.to)) return void problems.push(`${step.seq} is not of the filter`);
    if (step.barred === true) problems.push(`${step.seq} was seen without the right to it`);
    if (life !== undefined && known.life !== life) problems.push(`${step.seq} is of life ${known.life}, without a reset after life ${life}`);
    if (over !== undefined && known.life <= over) problems.push(`reset epoch_changed after life ${over}, but ${step.seq} is of life ${known.life}`);
    if (step.seq <= position) problems.push(`${step.seq} after ${position}: repeated or out of order`);
    const missing = wanted.filter(w => w.life === known.life && w.seq > position && w.seq < step.seq && !(fresh && w.removed !== undefined && w.removed < step.at));
    if (missing.length > 0) problems.push(`undetected gap before ${step.seq}: ${missing.map(m => m.seq).join(', ')}`);
    life = known.life;
    over = undefined;
    fresh = false;
    position = step.seq;
  };

  for (const step of seen) {
    if ('seq' in step) message(step);
    else {
      if ('reset' in step) reset(step.reset, step.from, step.at);
      else {
        opened = step.open;
        over = undefined;
      }
      position = ('open' in step ? step.open : step.from) - 1;
      life = undefined;
      fresh = true;
    }
  }
  return problems;
};
