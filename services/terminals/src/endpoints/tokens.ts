/** Injection token of the `TerminalsContext`. */
export const TERMINALS_CONTEXT = Symbol('context of terminals');
/** Of the `TerminalsContext` with what recordings are read with. */
export const RECORDINGS_CONTEXT = Symbol('context of recordings');
/** Of the `ForwardsContext`. */
export const FORWARDS_CONTEXT = Symbol('context of forwards');
