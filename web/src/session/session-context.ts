import { createContext, useContext, useSyncExternalStore } from 'react';
import { toastProblem } from '../ui/toaster.js';
import type { Session, SessionState } from './session.js';

export const SessionContext = createContext<Session | null>(null);

export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session around this component');
  return session;
};

export const useSessionState = (): SessionState => {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.get);
};

/** The organisation's name for sentences; empty while nobody is logged in. */
export const useTenantName = (): string => {
  const state = useSessionState();
  return state.status === 'signed_in' ? state.identity.tenant.name : '';
};

/** Logs out here, and where the session came from. */
export const useLogout = (): (() => void) => {
  const session = useSession();
  const leave = async (): Promise<void> => {
    const elsewhere = await session.logout();
    if (elsewhere) location.assign(elsewhere);
  };
  return () => void leave().catch(toastProblem);
};
