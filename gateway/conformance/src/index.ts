export type { Answered, Asked, Buckets, Driver, Gateways, Identities, Pausable, Person, Services, Signals, Streams, Terminal, Terminals, TestStream } from './driver.js';
export { natsDriver, type NatsDriver, type NatsDriverOptions } from './nats-driver.js';
export { summary, table } from './report.js';
export type { Part, Row } from './row.js';
export { ROWS } from './rows/index.js';
export { runConformance, type Outcome, type Result, type RunOptions } from './run.js';
export type { Subject } from './trial.js';
