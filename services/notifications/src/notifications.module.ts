/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { foldViews, serveViews, type ServiceDeps } from '@xanthus/nest';
import { eventSchemas } from './aggregates.js';
import { notificationsDeclarations } from './declarations.js';
import type { NotificationsConfig } from './notifications.config.js';
import { projections } from './views/index.js';

const SERVICE = 'notifications';

@Module({})
export class NotificationsModule {
  static async compose(deps: ServiceDeps<NotificationsConfig>): Promise<DynamicModule> {
    await foldViews(deps, notificationsDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });
    return { module: NotificationsModule, controllers: [serveViews(SERVICE)] };
  }
}
