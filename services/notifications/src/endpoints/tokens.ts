export const NOTIFICATIONS_CONTEXT = Symbol('context of notifications');
