import { createContext } from 'react';

/** While it is set, every button that is blocked says this instead of its own reason: it is the nearer one. */
export const StandInReason = createContext<string | undefined>(undefined);
