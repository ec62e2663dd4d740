import type { Projection } from '@xanthus/kernel';
import { applicationsProjection, livingProjection } from './applications.js';
import { catalogProjection } from './catalog.js';
import { deploymentsProjection, underwayProjection } from './deployments.js';
import { driftProjection } from './drift.js';
import { plansProjection } from './plans.js';
import { releasesProjection } from './releases.js';

// Drift names its application: it stands before the applications, which forget one that is deleted.
export const projections: readonly Projection[] = [driftProjection, applicationsProjection, livingProjection, releasesProjection, plansProjection, deploymentsProjection, underwayProjection, catalogProjection];
