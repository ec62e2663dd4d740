/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { JetStreamEventStore, KvSnapshotStore } from '@xanthus/jetstream';
import { AggregateCache } from '@xanthus/kernel';
import { foldViews, joinParts, type ServiceDeps } from '@xanthus/nest';
import { openVault, remoteDataKeys } from '@xanthus/vault';
import { eventSchemas } from './aggregates.js';
import type { ApplicationsConfig } from './applications.config.js';
import type { ApplicationsContext, Outside } from './applications.context.js';
import { composeAccess } from './compose/access.js';
import { composeApplications } from './compose/applications.js';
import { composeCatalog } from './compose/catalog.js';
import { composeLife } from './compose/life.js';
import { openOutside } from './compose/outside.js';
import type { ApplicationsCore } from './compose/part.js';
import { processPorts } from './compose/process-ports.js';
import { sealedReleases } from './compose/sealed-releases.js';
import { applicationsDeclarations } from './declarations.js';
import { APPLICATIONS_CONTEXT, PROCESS_PORTS } from './endpoints/tokens.js';
import { projections } from './views/index.js';

const SERVICE = 'applications';

@Module({})
export class ApplicationsModule {
  static async compose(deps: ServiceDeps<ApplicationsConfig>, instead: Partial<Outside> = {}): Promise<DynamicModule> {
    const { nc, log, config, signer, views, capabilities, health, past, onStop } = deps;
    await foldViews(deps, applicationsDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });

    const keys = remoteDataKeys(nc, signer, SERVICE);
    const forgotten = new Set<string>();
    const vault = await openVault(nc, { service: SERVICE, keys, log, onForgotten: tenant => { forgotten.add(tenant); void past.forget(tenant); } });
    const { outside, ask } = openOutside(deps);
    const applications: ApplicationsContext = {
      nc, log, config, signer, views, keys, vault, forgotten, rights: capabilities, now: Date.now, ...outside, ...instead,
      store: new JetStreamEventStore(nc, SERVICE), snapshots: new KvSnapshotStore(nc, SERVICE), cache: new AggregateCache(), sealed: sealedReleases(vault),
    };
    const ports = processPorts(applications, ask);
    const core: ApplicationsCore = { applications, config, ports, health, onStop };
    const parts = [composeApplications(core), composeLife(core), composeAccess(), composeCatalog()];
    const { controllers, providers } = await joinParts(deps, { service: SERVICE, schemas: eventSchemas }, parts);
    return {
      module: ApplicationsModule,
      controllers,
      providers: [{ provide: APPLICATIONS_CONTEXT, useValue: applications }, { provide: PROCESS_PORTS, useValue: ports }, ...providers],
    };
  }
}
