import type { notificationsEvents } from '@xanthus/proto/notifications';
import { ASKED, called, STEP, thingOf, type Rules } from './rule.js';

/** Of our own: that nothing gets through. */
export const notificationsRules: Rules<typeof notificationsEvents> = {
  NoticeRaised: { none: 'it is the notice' }, NoticeRepeated: { none: 'it is the notice' }, NoticeEased: { none: STEP }, NoticeResolved: { none: 'it is the notice' },
  ChannelDefined: { none: ASKED, name: d => d.name }, ChannelChanged: { none: ASKED, name: d => d.name },
  ChannelPaused: { notice: e => ({ resolve: [{ kinds: ['delivery-failed'], thing: thingOf(e), text: 'The channel is paused.' }] }) },
  ChannelResumed: { none: ASKED }, ChannelTested: { none: ASKED },
  ChannelRemoved: { notice: e => ({ resolve: [{ kinds: ['delivery-failed'], thing: thingOf(e), text: 'The channel is gone.' }] }) },
  NoticeQueued: { none: STEP }, DeliveryBegun: { none: STEP }, DeliveryFailed: { none: 'it is tried again' }, NoticesDropped: { none: ASKED },
  DeliverySucceeded: { notice: e => ({ resolve: [{ kinds: ['delivery-failed'], thing: thingOf(e, {}, 'channel'), text: 'Messages get through again.' }] }) },
  DeliveryGivenUp: { notice: (e, k) => ({ raise: { kind: 'delivery-failed', severity: 'error', thing: thingOf(e, k, 'channel'), lasting: true, text: `${called(k, 'A channel')} does not take messages. ${e.data.message}` } }) },
};
