import type { Projection } from '@xanthus/kernel';
import { fileRulesProjection } from '../files/file-rules.view.js';
import { forwardsProjection, openForwardsProjection } from './forwards.js';
import { keptRecordingsProjection, recordingsProjection } from './recordings.js';
import { livingProjection, sessionsProjection } from './sessions.js';

export const projections: readonly Projection[] = [sessionsProjection, livingProjection, recordingsProjection, keptRecordingsProjection, forwardsProjection, openForwardsProjection, fileRulesProjection];
