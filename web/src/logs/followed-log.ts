/**
 * A source whose last lines are asked for and whose next ones come as signals: following begins first, so that nothing is lost between. It is begun
 * anew when a lost connection is back. No client, no subject: how it is asked and heard comes in.
 */
import { toProblem } from '../lib/problem.js';
import { joinTail, type LogSignal } from './join-tail.js';
import { LOADING, type LogListener, type LogSource, type LogState } from './log-source.js';

/** For so long after the last lines came they are held against what is followed: some of them come on both ways, ms. */
const SEAM = 3_000;

export interface FollowedLog {
  readonly connection: { get(): { readonly state: string }; subscribe(fn: () => void): () => void };
  listen(tell: (signal: LogSignal) => void): () => void;
  /** Without: as of now. */
  readonly follow?: (follower: string | undefined) => Promise<{ readonly follower: string; readonly renew_within_ms: number }>;
  stop(follower: string): Promise<unknown>;
  ask(): Promise<{ readonly lines: readonly string[]; readonly truncated: boolean }>;
}

class Run {
  #state: LogState = LOADING;
  #over = false;
  #follower: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | undefined;
  /** What came since following began; `asked` and what was told of both, for a moment after the answer. */
  #seam: { readonly came: string[]; asked?: readonly string[]; told?: readonly string[]; until: number } | undefined = { came: [], until: 0 };

  constructor(private readonly log: FollowedLog, private readonly listener: LogListener, private readonly clock: () => number) {}

  async run(): Promise<void> {
    const { log, listener } = this;
    this.#set({ ...LOADING, following: log.follow ? 'starting' : 'off' });
    if (log.follow) {
      this.#stop = log.listen(signal => this.#signal(signal));
      await this.#renew();
    }
    if (this.#over) return;
    try {
      const { lines, truncated } = await log.ask();
      if (this.#over) return;
      const came = this.#seam?.came ?? [];
      const told = joinTail(lines, came);
      this.#seam = { came, asked: lines, told, until: this.clock() + SEAM };
      listener.reset();
      listener.lines(told);
      this.#set({ ...this.#state, loading: false, truncated });
    } catch (error) {
      this.#seam = undefined;
      if (!this.#over) this.#set({ ...this.#state, loading: false, problem: toProblem(error) });
    }
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#stop?.();
    if (this.#follower) void this.log.stop(this.#follower).catch(() => undefined);
  }

  #set(state: LogState): void {
    this.#state = state;
    if (!this.#over) this.listener.state(state);
  }

  async #renew(): Promise<void> {
    try {
      const answer = await this.log.follow?.(this.#follower);
      if (!answer) return;
      this.#follower = answer.follower;
      if (this.#over) { void this.log.stop(answer.follower).catch(() => undefined); return; }
      if (this.#state.following !== 'live') this.#set({ ...this.#state, following: 'live' });
      this.#timer = setTimeout(() => void this.#renew(), answer.renew_within_ms / 2);
    } catch (error) {
      if (!this.#over) this.#set({ ...this.#state, following: 'off', problem: toProblem(error) });
    }
  }

  #signal({ lines, dropped, ended }: LogSignal): void {
    if (this.#over) return;
    if (dropped > 0) this.#set({ ...this.#state, dropped: this.#state.dropped + dropped });
    if (ended) this.#set({ ...this.#state, following: 'off', problem: { ...toProblem(ended), retryable: true } });
    const seam = this.#seam;
    if (!seam || (seam.asked && this.clock() > seam.until)) {
      this.#seam = undefined;
      if (lines.length > 0) this.listener.lines(lines);
      if (dropped > 0) this.listener.gap(dropped);
      return;
    }
    seam.came.push(...lines);
    if (!seam.asked || !seam.told) return;
    const all = joinTail(seam.asked, seam.came);
    const { told } = seam;
    // The seam may lie elsewhere than it first seemed.
    if (all.length >= told.length && told.every((line, i) => all[i] === line)) this.listener.lines(all.slice(told.length));
    else { this.listener.reset(); this.listener.lines(all); }
    seam.told = all;
    if (dropped > 0) this.listener.gap(dropped);
  }
}

export const followedLog = (log: FollowedLog, clock: () => number = Date.now): LogSource => {
  const again = new Set<() => void>();
  return {
    subscribe: (listener) => {
      let run: Run | undefined;
      const begin = (): void => {
        run?.end();
        run = new Run(log, listener, clock);
        void run.run();
      };
      let live = log.connection.get().state === 'live';
      const stop = log.connection.subscribe(() => {
        const now = log.connection.get().state === 'live';
        if (now && !live) begin();
        else if (!now && live) { run?.end(); listener.state({ ...LOADING, loading: false, following: 'off' }); }
        live = now;
      });
      again.add(begin);
      begin();
      return () => {
        again.delete(begin);
        stop();
        run?.end();
      };
    },
    reload: () => { for (const begin of again) begin(); },
  };
};
