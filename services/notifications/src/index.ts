export { notificationsDeclarations } from './declarations.js';
export { startNotifications } from './start-notifications.js';
export { eventSchemas as notificationsEventSchemas } from './aggregates.js';
export { projections as notificationsProjections } from './views/index.js';
