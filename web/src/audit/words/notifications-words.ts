import { t } from '../../texts/text.js';
import { reasonOf, text, type Words } from './words.js';

export const NOTIFICATIONS: Words = {
  'notice.NoticeRaised': (p, d) => t('There was a notice: {text}', { ...p, text: text(d, 'text') }),
  'notice.NoticeRepeated': (p, d) => t('A notice came again: {text}', { ...p, text: text(d, 'text') }),
  'notice.NoticeEased': p => t('{thing} became less', { ...p }),
  'notice.NoticeResolved': (p, d) => t('{thing} is settled: {text}', { ...p, text: text(d, 'text') }),
  'channel.ChannelDefined': (p, d) => t('{who} defined the channel {name}', { ...p, name: text(d, 'name') }),
  'channel.ChannelChanged': (p, d) => t('{who} changed the channel {name}', { ...p, name: text(d, 'name') }),
  'channel.ChannelPaused': p => t('{who} paused {thing}', { ...p }),
  'channel.ChannelResumed': p => t('{who} had notices sent to {thing} again', { ...p }),
  'channel.ChannelTested': (p, d) => (d['ok'] === true ? t('{who} tried {thing}: it works', { ...p }) : t('{who} tried {thing}: {message}', { ...p, message: text(d, 'message') })),
  'channel.ChannelRemoved': p => t('{who} removed {thing}', { ...p }),
  'delivery.NoticeQueued': (p, d) => t('A notice waits to be sent: {text}', { ...p, text: text(d, 'text') }),
  'delivery.DeliveryBegun': p => t('{thing} began', { ...p }),
  'delivery.DeliverySucceeded': p => t('{thing} arrived', { ...p }),
  'delivery.DeliveryFailed': (p, d) => t('{thing} failed and is tried again. {reason}', { ...p, reason: reasonOf(d) }),
  'delivery.DeliveryGivenUp': (p, d) => t('{thing} is given up. {reason}', { ...p, reason: reasonOf(d) }),
  'delivery.NoticesDropped': p => t('What waited in {thing} is not sent any more', { ...p }),
};
export const AUDIT: Words = {
  'chain.BlockSealed': (p, d) => t('Events of {stream} up to {seq} are chained and signed', { ...p, stream: text(d, 'stream'), seq: text(d, 'seq') }),
};
