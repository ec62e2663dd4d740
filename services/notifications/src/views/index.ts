import type { Projection } from '@xanthus/kernel';
import { channelsProjection } from './channels.js';
import { deliveriesProjection, outboxesProjection } from './deliveries.js';
import { noticesProjection } from './notices.js';

export const projections: readonly Projection[] = [noticesProjection, channelsProjection, deliveriesProjection, outboxesProjection];
