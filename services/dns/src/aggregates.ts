import { mergeSchemas } from '@xanthus/kernel';
import { certificateType } from './certificate/certificate.decide.js';
import { domainType } from './domain/domain.decide.js';
import { planType } from './plan/plan.decide.js';
import { zoneType } from './zone/zone.decide.js';

export const aggregates = [zoneType, planType, domainType, certificateType] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
