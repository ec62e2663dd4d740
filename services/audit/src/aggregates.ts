import { mergeSchemas } from '@xanthus/kernel';
import { chainType } from './chain/chain.js';

export const aggregates = [chainType] as const;
/** What projections read is lifted to the current shape. */
export const eventSchemas = mergeSchemas(...aggregates);
