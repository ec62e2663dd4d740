/** One trial of a random stream: screen → snapshot → fresh terminal, against a terminal that read the same bytes; then both go on. */
import { wholeCharacters } from '@xanthus/proto/terminals/queries';
import { difference } from './compare.fixture.js';
import { mend } from './mend.js';
import { EMPTY_SCREEN } from './mirror.js';
import { Screen } from './screen.js';
import { dice, stream, type Stream, type StreamStep } from './streams.fixture.js';
import { openTerminal, parse, resize, type Xterm } from './xterm-internals.js';

const encoder = new TextEncoder();

/** Terminals of earlier trials: making one takes longer than a trial. A snapshot has to rebuild in what it finds; every eighth is fresh. */
const used: Xterm[] = [];

/** Reads bytes as a browser does that cuts no characters. */
class Reader {
  readonly terminal: Xterm;
  answers = 0;
  private rest: Uint8Array = new Uint8Array(0);
  private readonly listener: { dispose(): void };
  constructor(o: { cols: number; rows: number; scrollback: number }, fresh: boolean) {
    this.terminal = (fresh ? undefined : used.pop()) ?? openTerminal(o);
    this.terminal.options.scrollback = o.scrollback;
    resize(this.terminal, o.cols, o.rows);
    this.listener = this.terminal.onData(() => { this.answers += 1; });
  }
  read(bytes: Uint8Array): void {
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const whole = wholeCharacters(all);
    parse(this.terminal, all.subarray(0, whole));
    this.rest = all.slice(whole);
  }
  release(): void {
    this.listener.dispose();
    if (used.length < 4) used.push(this.terminal);
    else this.terminal.dispose();
  }
}

/** What went wrong; undefined: nothing did. */
export function trial(before: Stream, after: readonly StreamStep[], seed: number, cutLast: boolean): string | undefined {
  const roll = dice(seed);
  const screen = new Screen(before, { reply: () => undefined, title: () => undefined, mark: () => undefined });
  const reference = new Reader(before, seed % 8 === 0);
  reference.read(encoder.encode(`${EMPTY_SCREEN}\x1b]0;\x07\x1bc`));
  reference.answers = 0;
  let unread = Buffer.alloc(0);
  if (screen.terminal.buffer.normal.length !== reference.terminal.buffer.normal.length) return 'the reference is not empty';
  const give = (bytes: Uint8Array): void => {
    screen.write(bytes);
    unread = Buffer.concat([unread, bytes]);
    const rest = unread.length - screen.tail.length;
    reference.read(unread.subarray(0, rest));
    unread = unread.subarray(rest);
  };
  let last: Uint8Array = new Uint8Array(0);
  before.steps.forEach((step, i) => {
    if (!('text' in step)) {
      screen.resize(step.cols, step.rows);
      resize(reference.terminal, step.cols, step.rows);
      return;
    }
    const bytes = encoder.encode(step.text);
    const cut = roll(bytes.length + 1);
    give(bytes.subarray(0, cut));
    if (cutLast && i === before.steps.length - 1) last = bytes.subarray(cut); // the snapshot is taken in the middle of it
    else give(bytes.subarray(cut));
  });
  const snapshot = screen.snapshot();
  mend(reference.terminal);
  reference.read(unread);
  const fresh = new Reader({ cols: snapshot.cols, rows: snapshot.rows, scrollback: before.scrollback }, seed % 8 === 1);
  fresh.read(snapshot.bytes);
  if (fresh.answers > 0) return 'the snapshot asks';
  const first = difference(reference.terminal, fresh.terminal);
  if (first !== undefined) return `at once: ${first}`;
  if (screen.faults > 0) return 'xterm.js threw';
  for (const step of [undefined, ...after]) {
    for (const one of [reference, fresh]) {
      if (step === undefined) one.read(last);
      else if ('text' in step) one.read(encoder.encode(step.text));
      else resize(one.terminal, step.cols, step.rows);
    }
  }
  const later = difference(reference.terminal, fresh.terminal);
  screen.close();
  reference.release();
  fresh.release();
  return later === undefined ? undefined : `later: ${later}`;
}

export interface Failure { readonly seed: number; readonly why: string; readonly before: Stream; readonly after: readonly StreamStep[] }

/** Runs the streams of these seeds; the first one that fails is made as small as it goes. */
export async function trials(from: number, count: number, most?: { cols: number; rows: number }): Promise<Failure | undefined> {
  for (let seed = from; seed < from + count; seed += 1) {
    if (seed % 50 === 0) await new Promise(setImmediate); // xterm.js has tidying to do between
    const { before, after } = stream(seed, most);
    const why = attempt(before, after, seed);
    if (why !== undefined) return shrink({ seed, why, before, after });
  }
  return undefined;
}

const attempt = (before: Stream, after: readonly StreamStep[], seed: number): string | undefined => {
  try {
    return trial(before, after, seed, seed % 3 === 0);
  } catch (error) {
    return `threw: ${(error as Error).stack}`;
  }
};

function shrink(failure: Failure): Failure {
  let best = failure;
  const better = (before: Stream, after: readonly StreamStep[]): boolean => {
    const why = attempt(before, after, failure.seed);
    if (why === undefined) return false;
    best = { ...failure, before, after, why };
    return true;
  };
  if (best.after.length > 0) better(best.before, []);
  for (let smaller = true; smaller;) {
    smaller = false;
    for (let i = best.before.steps.length - 1; i >= 0; i -= 1) if (better({ ...best.before, steps: best.before.steps.toSpliced(i, 1) }, best.after)) smaller = true;
    for (let i = best.after.length - 1; i >= 0; i -= 1) if (better(best.before, best.after.toSpliced(i, 1))) smaller = true;
  }
  return best;
}
