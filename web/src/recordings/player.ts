/**
 * Plays a recording: asks for its pages, holds the clock, and hands what is due to a screen. A plain object; the page only shows its state.
 * What was recorded goes to the screen as terminal text and nowhere else.
 */
import type { RecordingPart } from '../contracts.js';

export const SPEEDS = [0.5, 1, 1.5, 2, 4, 8, 16] as const;
/** A pause longer than this is skipped, where that is wanted, down to half a second, ms. */
const SKIPPED = 2_000;
const LEFT = 500;
/** Played so much ahead of the clock at least, ms; else the next page is asked for. */
const AHEAD = 30_000;
/** Bytes that the screen has not drawn yet: above, the clock waits. */
const BACKLOG = 256 * 1024;
/** A recording that still goes on is asked for more so often, ms. */
export const POLL = 2_000;

export interface PlayerScreen {
  /** Empty, of this size. */
  reset(cols: number, rows: number): void;
  resize(cols: number, rows: number): void;
  write(text: string, drawn: () => void): void;
}
export interface PlayerState {
  /** `waiting`: for a page. `live`: all was played, and more may come. */
  readonly status: 'loading' | 'paused' | 'playing' | 'waiting' | 'live' | 'ended' | 'failed';
  readonly at_ms: number;
  readonly speed: number;
  readonly skipIdle: boolean;
  readonly error?: unknown;
}
export interface PlayerOptions {
  readonly screen: PlayerScreen;
  readonly ask: (input: { from_ms?: number; cursor?: string }) => Promise<RecordingPart>;
  readonly now: () => number;
  /** Calls once, soon: `requestAnimationFrame`. Returns how to call it off. */
  readonly soon: (fn: () => void) => () => void;
  readonly later: (fn: () => void, ms: number) => () => void;
}
export interface Player {
  get(): PlayerState;
  subscribe(listener: () => void): () => void;
  play(): void;
  pause(): void;
  /** Shows the screen of that moment; goes on as it was. */
  seek(ms: number): Promise<void>;
  setSpeed(speed: number): void;
  setSkipIdle(on: boolean): void;
  stop(): void;
}

const sizeOf = (header: RecordingPart['header']): { cols: number; rows: number } => {
  const term = header?.['term'] as { cols?: unknown; rows?: unknown } | undefined;
  const fit = (value: unknown, most: number, or: number): number => (typeof value === 'number' && value >= 1 && value <= most ? Math.floor(value) : or);
  return { cols: fit(term?.cols, 1_000, 80), rows: fit(term?.rows, 500, 24) };
};

/** Of an `r` event; undefined: it says none. */
export const readSize = (data: string): { cols: number; rows: number } | undefined => {
  const [, cols, rows] = /^(\d{1,4})x(\d{1,3})$/.exec(data) ?? [];
  return cols === undefined || rows === undefined || Number(cols) < 1 || Number(rows) < 1 ? undefined : { cols: Math.min(1_000, Number(cols)), rows: Math.min(500, Number(rows)) };
};

type Event = RecordingPart['events'][number];

export const createPlayer = ({ screen, ask, now, soon, later }: PlayerOptions): Player => {
  let state: PlayerState = { status: 'loading', at_ms: 0, speed: 1, skipIdle: true };
  let wantsPlay = false;
  let events: Event[] = [];
  let next = 0;
  let cursor: string | null = null;
  let live = false;
  let backlog = 0;
  let last = now();
  /** Answers of an earlier seek are thrown away. */
  let turn = 0;
  let asking = false;
  let cancel = (): void => undefined;
  let cancelPoll = (): void => undefined;
  const listeners = new Set<() => void>();
  const set = (change: Partial<PlayerState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const fail = (error: unknown): void => { wantsPlay = false; set({ status: 'failed', error }); };

  const show = (upTo: number): void => {
    let text = '';
    const flush = (): void => {
      if (text === '') return;
      const size = text.length;
      backlog += size;
      const mine = turn;
      screen.write(text, () => { if (mine === turn) backlog -= size; });
      text = '';
    };
    for (let event = events[next]; event !== undefined && event[0] <= upTo; event = events[next]) {
      next += 1;
      if (event[1] === 'o') text += event[2];
      const size = event[1] === 'r' ? readSize(event[2]) : undefined;
      if (size === undefined) continue;
      flush();
      screen.resize(size.cols, size.rows);
    }
    flush();
    if (next > 5_000) { events = events.slice(next); next = 0; }
  };

  const more = async (): Promise<void> => {
    if (asking || cursor === null) return;
    asking = true;
    const mine = turn;
    try {
      const page = await ask({ cursor });
      if (mine !== turn) return;
      events.push(...page.events);
      ({ cursor, live } = page);
    } catch (error) {
      if (mine === turn) fail(error);
    } finally {
      if (mine === turn) asking = false;
    }
  };

  const arm = (): void => {
    cancel();
    if (wantsPlay) cancel = soon(tick);
  };
  /** All that is here was shown. */
  const atEnd = (): void => {
    if (cursor === null) { wantsPlay = false; return set({ status: 'ended' }); }
    if (live && state.status !== 'live') set({ status: 'live' });
    if (!live && !asking) set({ status: 'waiting' });
    cancelPoll();
    cancelPoll = later(() => void more().then(arm), live ? POLL : 0);
  };
  const tick = (): void => {
    const moment = now();
    const passed = Math.min(250, moment - last) * state.speed;
    last = moment;
    if (!wantsPlay) return;
    const upcoming = events[next];
    if (upcoming === undefined) return atEnd();
    let at = state.at_ms;
    if (backlog < BACKLOG) {
      at += passed;
      if (state.skipIdle && upcoming[0] - at > SKIPPED) at = upcoming[0] - LEFT;
      show(at);
    }
    if (events[next] === undefined && cursor === null) at = Math.max(state.at_ms, events.at(-1)?.[0] ?? at);
    set({ at_ms: at, status: 'playing' });
    if ((events.at(-1)?.[0] ?? 0) - at < AHEAD * state.speed && !live) void more();
    arm();
  };

  const load = async (ms: number): Promise<void> => {
    turn += 1;
    const mine = turn;
    cancel();
    cancelPoll();
    set({ status: 'loading', at_ms: ms });
    try {
      const page = await ask({ from_ms: Math.floor(ms) });
      if (mine !== turn) return;
      const { cols, rows } = page.screen ?? sizeOf(page.header);
      [events, next, cursor, live, backlog, asking] = [[...page.events], 0, page.cursor, page.live, 0, false];
      screen.reset(cols, rows);
      if (page.screen) screen.write(page.screen.text, () => undefined);
      for (;;) {
        show(ms);
        if (events[next] !== undefined || cursor === null || (live && events.length === next)) break;
        const before = cursor;
        await more();
        if (mine !== turn || cursor === before) return;
      }
      last = now();
      const isOver = events[next] === undefined && cursor === null;
      set({ status: isOver ? 'ended' : 'paused', at_ms: isOver ? Math.min(ms, events.at(-1)?.[0] ?? ms) : ms });
      if (isOver) wantsPlay = false;
      arm();
    } catch (error) {
      if (mine === turn) fail(error);
    }
  };

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    play() {
      wantsPlay = true;
      last = now();
      if (state.status === 'ended' || state.status === 'failed') return void load(state.status === 'ended' ? 0 : state.at_ms);
      if (state.status === 'loading') return;
      set({ status: 'playing' });
      arm();
    },
    pause() {
      wantsPlay = false;
      cancel();
      cancelPoll();
      if (state.status !== 'loading' && state.status !== 'ended' && state.status !== 'failed') set({ status: 'paused' });
    },
    seek(ms) {
      const isHere = (state.status === 'paused' || state.status === 'playing') && ms >= state.at_ms && (events.at(-1)?.[0] ?? -1) >= ms;
      if (!isHere) return load(Math.max(0, ms));
      show(ms);
      last = now();
      set({ at_ms: ms });
      return Promise.resolve();
    },
    setSpeed: speed => set({ speed }),
    setSkipIdle: skipIdle => set({ skipIdle }),
    stop() {
      turn += 1;
      wantsPlay = false;
      cancel();
      cancelPoll();
    },
  };
};
