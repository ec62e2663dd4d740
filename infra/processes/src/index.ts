export type { Batch } from './line-budget.js';
export { createLineCutter, createTail, harmless, type LineCutter } from './log-text.js';
export { limiter, pause, untilAborted, type Pause } from './pause.js';
export { relayLines } from './relay-lines.js';
export { runLeased, type Lease, type RunLeased } from './run-leased.js';
export { courseOf, runPending, watchKeys, type RunPending, type WatchedKeys } from './run-pending.js';
export { runRounds, type Rounds } from './run-rounds.js';
export { AT_ONCE, createSupervisor, type AtOnce, type Pending, type Supervisor, type SupervisorOptions, type WorkLog } from './supervisor.js';
export { within, type Within } from './within.js';
