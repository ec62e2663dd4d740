export {
  changeChannel, CHANNEL_KINDS, channelDigest, channelEvents, channelFilter, channelOptions, channelSettings, channelsView, channelTarget, defineChannel, DIGESTS, pauseChannel, quietHours, removeChannel, resumeChannel, SIGNING_SECRET, SMTP_SECURITY, smtpServer, testChannel,
  type ChannelDigest, type ChannelFilter, type ChannelKind, type ChannelTarget, type QuietHours,
} from './channels.js';
export { DELIVERIES_KEPT, deliveriesView, DELIVERY_STATES, deliveryEvents, queuedNotice, type QueuedNotice } from './deliveries.js';
export { NOTICE_KINDS, NOTICE_SEVERITIES, noticeEvents, NOTICES_KEPT, noticesView, noticeThing, OWN_NOTICES_KEPT, ownNoticesView, type NoticeKind, type NoticeRow, type NoticeSeverity, type NoticeThing } from './notices.js';
export { notificationsCommands, notificationsEvents, notificationsQueries, notificationsSignals, notificationsViews } from './contracts.js';
