/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { JetStreamEventStore, KvSnapshotStore } from '@xanthus/jetstream';
import { AggregateCache } from '@xanthus/kernel';
import { foldViews, joinParts, type ServiceDeps } from '@xanthus/nest';
import { createSshPool } from '@xanthus/ssh';
import { openVault, remoteDataKeys } from '@xanthus/vault';
import { eventSchemas } from './aggregates.js';
import { composeCosts } from './compose/costs.js';
import { composeDrift } from './compose/drift.js';
import type { VpsCore } from './compose/part.js';
import { composeLife } from './compose/life.js';
import { composeProviders, openProviders } from './compose/providers.js';
import { composeProvisioning } from './compose/provisioning.js';
import { composeServers } from './compose/servers.js';
import { composeWatch } from './compose/watch.js';
import { vpsDeclarations } from './declarations.js';
import { VPS_CONTEXT } from './endpoints/tokens.js';
import { projections } from './views/index.js';
import type { VpsConfig } from './vps.config.js';
import type { VpsContext } from './vps.context.js';

const SERVICE = 'vps';

@Module({})
export class VpsModule {
  static async compose(deps: ServiceDeps<VpsConfig>): Promise<DynamicModule> {
    const { nc, log, config, signer, views, health, past, onStop } = deps;
    await foldViews(deps, vpsDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });

    const keys = remoteDataKeys(nc, signer, SERVICE);
    const forgotten = new Set<string>();
    const base = {
      nc, log, config, views, keys,
      store: new JetStreamEventStore(nc, SERVICE),
      snapshots: new KvSnapshotStore(nc, SERVICE),
      cache: new AggregateCache(),
      pool: createSshPool(),
      vault: await openVault(nc, { service: SERVICE, keys, log, onForgotten: tenant => { forgotten.add(tenant); void past.forget(tenant); } }),
      forgotten,
    };
    const vps: VpsContext = { ...base, providers: openProviders(deps, base) };
    onStop(() => vps.pool.close());
    const core: VpsCore = { vps, config, signer, health, onStop };
    const parts = [composeServers(core), composeProviders(core), composeWatch(core), composeProvisioning(core), composeLife(core), composeCosts(core), composeDrift(core)];
    const { controllers, providers } = await joinParts(deps, { service: SERVICE, schemas: eventSchemas }, parts);
    return {
      module: VpsModule,
      controllers,
      providers: [{ provide: VPS_CONTEXT, useValue: vps }, ...providers],
    };
  }
}
