import { mergeSchemas } from '@xanthus/kernel';
import { fileRuleType } from './files/file-rule.decide.js';
import { filesType } from './files/files.decide.js';
import { forwardType } from './forward/forward.decide.js';
import { recordingType } from './recording/recording.decide.js';
import { sessionType } from './session/session.decide.js';

export const aggregates = [filesType, fileRuleType, sessionType, recordingType, forwardType] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
