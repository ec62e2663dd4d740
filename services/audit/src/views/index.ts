import type { Projection } from '@xanthus/kernel';
import { chainsProjection } from './chains.js';

export const projections: readonly Projection[] = [chainsProjection];
