import { mergeSchemas } from '@xanthus/kernel';
import { channelType } from './channel/channel.decide.js';
import { deliveryType } from './delivery/delivery.decide.js';
import { noticeType } from './notice/notice.decide.js';

export const aggregates = [noticeType, channelType, deliveryType] as const;
/** What projections and reactors read is lifted to the current shapes, as the aggregates themselves do. */
export const eventSchemas = mergeSchemas(...aggregates);
