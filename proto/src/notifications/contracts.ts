/** All of notifications' contracts by kind, for doors, documents and tests. */
import { healthQuery } from '../health.js';
import { changeChannel, channelEvents, channelOptions, channelSettings, channelsView, defineChannel, pauseChannel, removeChannel, resumeChannel, testChannel } from './channels.js';
import { deliveriesView, deliveryEvents } from './deliveries.js';
import { noticeEvents, noticesView, ownNoticesView } from './notices.js';

export const notificationsCommands = { defineChannel, changeChannel, pauseChannel, resumeChannel, testChannel, removeChannel } as const;
export const notificationsQueries = { health: healthQuery('notifications'), channelSettings, channelOptions } as const;
export const notificationsEvents = { ...noticeEvents, ...channelEvents, ...deliveryEvents } as const;
export const notificationsViews = { notices: noticesView, 'own-notices': ownNoticesView, channels: channelsView, deliveries: deliveriesView } as const;
export const notificationsSignals = {} as const;
