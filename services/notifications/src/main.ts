import { runAlone } from '@xanthus/nest';
import { startNotifications } from './start-notifications.js';

await runAlone(startNotifications);
