import type { ClientRow } from '../client-row.js';
import { bucketRows } from './buckets.js';
import { commandRows } from './commands.js';
import { flowRows } from './flow.js';
import { lifeRows } from './life.js';
import { logInRows } from './log-in.js';
import { streamRows } from './streams.js';

/** Everything that a client must do. */
export const CLIENT_ROWS: readonly ClientRow[] = [...logInRows, ...streamRows, ...flowRows, ...bucketRows, ...commandRows, ...lifeRows];
