import { useCallback, useEffect, useRef, useState } from 'react';
import { followLogs, serverLogs, stopLogs } from '../../contracts.js';
import { toProblem, type ShownProblem } from '../../lib/problem.js';
import { useClient, useConnection } from '../../live/live-context.js';
import { useSignal } from '../../live/use-signal.js';
import { EMPTY, readLogSignal, SEAM, withAnswer, withSignal, type LogState } from './follow-log.js';

export type Source = 'k3s' | 'system';
/** `off`: the last lines as of a moment. `starting`: asked to follow. `live`: what is written shows within a second. */
export type Following = 'off' | 'starting' | 'live';

export interface Log {
  readonly state: LogState;
  readonly loading: boolean;
  readonly following: Following;
  readonly problem: ShownProblem | undefined;
  reload(): void;
}

/** The last lines of a journal and, as long as `follow` is on, what is written to it. */
export const useLog = (id: string, source: Source, lines: number, follow: boolean): Log => {
  const client = useClient();
  const { state: connection } = useConnection();
  const [state, setState] = useState<LogState>(EMPTY);
  const [loading, setLoading] = useState(true);
  const [following, setFollowing] = useState<Following>('off');
  const [problem, setProblem] = useState<ShownProblem>();
  const [attempt, setAttempt] = useState(0);
  /** What came since following began, as long as the last lines are on their way and a moment after. */
  const seam = useRef<{ readonly came: string[]; asked?: { readonly lines: readonly string[]; readonly truncated: boolean; readonly until: number } }>(undefined);

  useSignal(`sig.${client.tenant}.vps.server.${id}.log`, payload => {
    const signal = readLogSignal(payload);
    if (signal?.source !== source || !follow) return;
    if (signal.ended) { setFollowing('off'); setProblem({ ...signal.ended, retryable: true }); }
    const { current } = seam;
    if (current?.asked && Date.now() > current.asked.until) seam.current = undefined;
    if (!seam.current) { setState(s => withSignal(s, signal)); return; }
    seam.current.came.push(...signal.lines);
    const { asked, came } = seam.current;
    if (asked) setState(s => ({ ...withAnswer(asked.lines, asked.truncated, came), dropped: s.dropped + signal.dropped }));
  }, follow);

  // One after the other: following begins first, so that nothing is lost between the last lines and the next.
  const live = connection === 'live';
  useEffect(() => {
    if (!live) return;
    let over = false;
    let follower: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => { if (follower) void client.command(stopLogs, { source, follower }, { id }).catch(() => undefined); };
    const renew = async (): Promise<void> => {
      const answer = await client.command(followLogs, { source, ...(follower ? { follower } : {}) }, { id });
      follower = answer.follower;
      if (over) { stop(); return; }
      setFollowing('live');
      timer = setTimeout(() => void renew().catch(failed), answer.renew_within_ms / 2);
    };
    const failed = (error: unknown): void => {
      if (over) return;
      setProblem(toProblem(error));
      setFollowing('off');
    };
    const run = async (): Promise<void> => {
      seam.current = { came: [] };
      setLoading(true);
      setProblem(undefined);
      setFollowing(follow ? 'starting' : 'off');
      if (follow) await renew().catch(failed);
      try {
        const answer = await client.query(serverLogs, { source, lines }, { id });
        if (over) return;
        if (answer.reachable) {
          const came = seam.current?.came ?? [];
          seam.current = { came, asked: { lines: answer.lines, truncated: answer.truncated, until: Date.now() + SEAM } };
          setState(withAnswer(answer.lines, answer.truncated, came));
        } else {
          seam.current = undefined;
          setProblem({ ...(answer.reason ?? { code: 'SERVER.TIMEOUT', message: 'The server does not answer over SSH.' }), retryable: true });
        }
      } catch (error) {
        if (!over) seam.current = undefined;
        failed(error);
      } finally {
        if (!over) setLoading(false);
      }
    };
    void run();
    return () => {
      over = true;
      clearTimeout(timer);
      stop();
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- whoever presses Reload asks again: that is what `attempt` counts
  }, [client, id, source, lines, follow, live, attempt]);

  return { state, loading, following: live ? following : 'off', problem, reload: useCallback(() => setAttempt(n => n + 1), []) };
};
