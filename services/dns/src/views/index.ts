import type { Projection } from '@xanthus/kernel';
import { certificatesProjection } from './certificates.js';
import { domainsProjection, underwayDomainsProjection } from './domains.js';
import { driftProjection } from './drift.js';
import { plansProjection, underwayPlansProjection } from './plans.js';
import { recordsProjection } from './records.js';
import { zoneIndexProjection, zonesProjection } from './zones.js';

export const projections: readonly Projection[] = [zonesProjection, zoneIndexProjection, recordsProjection, driftProjection, plansProjection, underwayPlansProjection, domainsProjection, underwayDomainsProjection, certificatesProjection];
