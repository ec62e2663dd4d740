import { parseEnvironment, startService, type RunningService } from '@xanthus/nest';
import { notificationsConfig } from './notifications.config.js';
import { NotificationsModule } from './notifications.module.js';

/** @throws EnvironmentError with every mistake of the environment; a sentence if NATS or a key does not fit */
export const startNotifications = (env: Readonly<Record<string, string | undefined>>): Promise<RunningService> =>
  startService({ name: 'notifications', config: parseEnvironment(notificationsConfig, env), module: deps => NotificationsModule.compose(deps) });
