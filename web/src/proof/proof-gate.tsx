import { lazy, Suspense, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useLive } from '../live/live-context.js';

const ProofDialog = lazy(() => import('./proof-dialog.js').then(m => ({ default: m.ProofDialog })));

/** Brings the dialog when the first command asks for a proof. */
export const ProofGate = (): ReactNode => {
  const { proof } = useLive();
  const question = useSyncExternalStore(proof.subscribe, proof.get);
  /** It stays then: closing gives the focus back. */
  const [asked, setAsked] = useState(false);
  if (question && !asked) setAsked(true);
  return asked && <Suspense fallback={null}><ProofDialog /></Suspense>;
};
