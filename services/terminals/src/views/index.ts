import type { Projection } from '@xanthus/kernel';
import { forwardsProjection, openForwardsProjection } from './forwards.js';
import { keptRecordingsProjection, recordingsProjection } from './recordings.js';
import { livingProjection, sessionsProjection } from './sessions.js';

export const projections: readonly Projection[] = [sessionsProjection, livingProjection, recordingsProjection, keptRecordingsProjection, forwardsProjection, openForwardsProjection];
