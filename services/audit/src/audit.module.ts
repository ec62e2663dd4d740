/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { foldViews, serveViews, type ServiceDeps } from '@xanthus/nest';
import { eventSchemas } from './aggregates.js';
import type { AuditConfig } from './audit.config.js';
import { auditDeclarations } from './declarations.js';
import { projections } from './views/index.js';

const SERVICE = 'audit';

@Module({})
export class AuditModule {
  static async compose(deps: ServiceDeps<AuditConfig>): Promise<DynamicModule> {
    await foldViews(deps, auditDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });
    return { module: AuditModule, controllers: [serveViews(SERVICE)], providers: [] };
  }
}
