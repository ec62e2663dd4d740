import { useEffect, useRef, useState } from 'react';
import { useCan, useClient, useLooking } from './live-context.js';

/**
 * What is said on a subject while the component is shown: no history, nothing is repeated. `round` counts how often listening began (anew after a
 * lost connection): what was said before is not known here. Without the right nothing comes, nor in the past.
 */
export const useSignal = (subject: string, onSignal: (payload: unknown) => void, enabled = true): { readonly round: number } => {
  const client = useClient();
  const may = useCan({ what: 'subject', subject });
  const [round, setRound] = useState(0);
  const listener = useRef(onSignal);
  useEffect(() => { listener.current = onSignal; });
  const looking = useLooking();
  useEffect(() => {
    if (!enabled || !may || looking) return;
    const subscription = client.subject(subject, ({ payload }) => listener.current(payload));
    const entered = (): void => { if (subscription.state.get() === 'live') setRound(r => r + 1); };
    const stop = subscription.state.subscribe(entered);
    return () => { stop(); subscription.close(); };
  }, [client, subject, enabled, may, looking]);
  return { round };
};
