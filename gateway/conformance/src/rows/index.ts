import type { Row } from '../row.js';
import { bucketRows } from './buckets.js';
import { commandRows } from './commands.js';
import { creditRows } from './credit.js';
import { envelopeRows } from './envelope.js';
import { lifeRows } from './life.js';
import { limitRows } from './limits.js';
import { logInRows } from './log-in.js';
import { pressureRows } from './pressure.js';
import { resumeRows } from './resume.js';
import { rightsRows } from './rights.js';
import { signalRows } from './signals.js';
import { socketRows } from './sockets.js';
import { streamRows } from './streams.js';

/** Every promise of the protocol. */
export const ROWS: readonly Row[] = [
  ...envelopeRows, ...logInRows, ...signalRows, ...streamRows, ...resumeRows, ...creditRows, ...bucketRows, ...commandRows, ...rightsRows, ...pressureRows, ...limitRows, ...lifeRows, ...socketRows,
];
