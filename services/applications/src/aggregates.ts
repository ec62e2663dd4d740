import { mergeSchemas } from '@xanthus/kernel';
import { applicationType } from './application/application.decide.js';
import { catalogEntryType } from './catalog-entry/catalog-entry.decide.js';
import { deploymentType } from './deployment/deployment.decide.js';
import { planType } from './plan/plan.decide.js';

export const aggregates = [applicationType, planType, deploymentType, catalogEntryType] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
