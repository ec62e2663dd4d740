import { connect } from '@xanthus/client';
import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { Live } from '../live/live.js';
import { PastGate } from '../past/past-gate.js';
import { useSession, useSessionState } from '../session/session-context.js';

/** Reasons after which only a new log-in helps. */
const ENDED = new Set(['AUTH_REQUIRED', 'AUTH_EXPIRED', 'REVOKED', 'SESSION.ENDED', 'SESSION.REFRESH_REUSED']);

interface Props { readonly children: ReactNode; readonly connecting: ReactNode; readonly failed: ComponentType<{ readonly problem: ShownProblem }> }

/** One connection for as long as the same person is logged in. */
export const LiveProvider = ({ children, connecting, failed: Failed }: Props): ReactNode => {
  const session = useSession();
  const state = useSessionState();
  // Who and where; a new name is no reason to connect again.
  const who = state.status === 'signed_in' ? `${state.identity.user.id} ${state.identity.tenant.id}` : undefined;
  const [live, setLive] = useState<Live>();
  const [problem, setProblem] = useState<ShownProblem>();

  useEffect(() => {
    if (!who) return;
    const abort = new AbortController();
    let opened: Live | undefined;
    let stop = (): void => undefined;
    connect({ url: location.origin, token: session.token, signal: abort.signal }).then(client => {
      if (abort.signal.aborted) { client.close(); return undefined; }
      opened = new Live(client);
      stop = client.connection.subscribe(({ state, reason }) => {
        if (state === 'closed' && reason && ENDED.has(reason.code)) session.ended(toProblem(reason));
      });
      return setLive(opened);
    }).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const shown = toProblem(error);
      if (ENDED.has(shown.code)) session.ended(shown);
      else setProblem(shown);
    });
    return () => {
      abort.abort();
      stop();
      opened?.close();
      setLive(undefined);
      setProblem(undefined);
    };
  }, [session, who]);

  if (problem) return <Failed problem={problem} />;
  if (!live || !who) return connecting;
  return <PastGate live={live}>{children}</PastGate>;
};
