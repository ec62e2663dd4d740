import type { ProgressNews } from './ports.js';

export interface Told { readonly word: string; readonly text: string; readonly percent?: number; readonly lines: string[]; readonly after?: number }

/** A change of word is told at once, everything else no oftener than this. ms */
const EVERY = 3_000;
/** Of one try of a step: after that only other words are told, and after twice as many none. */
const MOST = 60;
const LINES = 50;
const LINE = 240;
const TEXT = 300;

/** One line as an event may hold it: printable, short. */
const clean = (line: string): string => line.slice(0, 4_096).replaceAll(/[\p{C}\p{Zl}\p{Zp}\uFFFD]+/gu, ' ').trimEnd().slice(0, LINE);

/** Decides what of a step's progress is worth an event: the log stays small whatever a machine says, and its newest lines are not lost. */
export const progressFilter = (now: () => number): { worthIt(news: ProgressNews): Told | undefined; /** Lines that nobody was told yet. */ rest(): Told | undefined } => {
  let [told, at, waiting, before] = [0, Number.NEGATIVE_INFINITY, [] as string[], ''];
  let last: Pick<Told, 'word' | 'text' | 'after'> | undefined;
  const rest = (): Told | undefined => {
    if (!last || waiting.length === 0 || told >= 2 * MOST) return undefined;
    const lines = waiting;
    waiting = [];
    return { ...last, lines };
  };
  const worthIt = ({ word, text, percent, lines = [], after }: ProgressNews): Told | undefined => {
    last = { word: word.slice(0, 64), text: text.slice(0, TEXT), ...(after === undefined ? {} : { after }) };
    waiting = [...waiting, ...lines.map(clean).filter(line => line !== '')].slice(-LINES);
    const about = `${word} ${text}`;
    const fresh = about !== before;
    const changed = fresh || waiting.length > 0 || percent !== undefined;
    const room = told < MOST || (fresh && told < 2 * MOST);
    if (!changed || !room || (!fresh && now() - at < EVERY)) return undefined;
    [told, at, before] = [told + 1, now(), about];
    const sent = waiting;
    waiting = [];
    return { ...last, ...(percent === undefined ? {} : { percent: Math.round(Math.min(100, Math.max(0, percent))) }), lines: sent };
  };
  return { worthIt, rest };
};
