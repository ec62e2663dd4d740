import { mergeSchemas } from '@xanthus/kernel';
import { forwardType } from './forward/forward.decide.js';
import { recordingType } from './recording/recording.decide.js';
import { sessionType } from './session/session.decide.js';

export const aggregates = [sessionType, recordingType, forwardType] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
