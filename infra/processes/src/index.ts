export { limiter, pause, untilAborted, type Pause } from './pause.js';
export { runPending, watchKeys, type RunPending, type WatchedKeys } from './run-pending.js';
export { runRounds, type Rounds } from './run-rounds.js';
export { AT_ONCE, createSupervisor, type AtOnce, type Pending, type Supervisor, type SupervisorOptions, type WorkLog } from './supervisor.js';
export { within, type Within } from './within.js';
