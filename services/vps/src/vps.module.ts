/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { JetStreamEventStore, KvSnapshotStore, startLocked, startReactor } from '@xanthus/jetstream';
import { AggregateCache } from '@xanthus/kernel';
import { foldViews, serveViews, type ServiceDeps } from '@xanthus/nest';
import { createSshPool } from '@xanthus/ssh';
import { openVault, remoteDataKeys } from '@xanthus/vault';
import { eventSchemas } from './aggregates.js';
import { vpsDeclarations } from './declarations.js';
import { ServerDoors } from './endpoints/server.doors.js';
import { SshKeyDoors } from './endpoints/ssh-key.doors.js';
import { VPS_CONTEXT } from './endpoints/tokens.js';
import { runMonitor } from './monitor/run-monitor.js';
import { cleanUpWhenServerDeleted } from './reactors/clean-up-when-server-deleted.js';
import { cleanUpWhenSshKeyRemoved } from './reactors/clean-up-when-ssh-key-removed.js';
import { freeNameWhenServerRenamed } from './reactors/free-name-when-server-renamed.js';
import { tellAuthWhenServerTagged } from './reactors/tell-auth-when-server-tagged.js';
import { projections } from './views/index.js';
import type { VpsConfig } from './vps.config.js';
import type { VpsContext } from './vps.context.js';

const SERVICE = 'vps';

@Module({})
export class VpsModule {
  static async compose(deps: ServiceDeps<VpsConfig>): Promise<DynamicModule> {
    const { nc, log, config, signer, views, onStop } = deps;
    await foldViews(deps, vpsDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });

    const keys = remoteDataKeys(nc, signer, SERVICE);
    const forgotten = new Set<string>();
    const vps: VpsContext = {
      nc, log, config, views, keys,
      store: new JetStreamEventStore(nc, SERVICE),
      snapshots: new KvSnapshotStore(nc, SERVICE),
      cache: new AggregateCache(),
      pool: createSshPool(),
      vault: await openVault(nc, { service: SERVICE, keys, log, onForgotten: tenant => void forgotten.add(tenant) }),
      forgotten,
    };
    onStop(() => vps.pool.close());
    for (const reactor of [cleanUpWhenServerDeleted(vps), freeNameWhenServerRenamed(vps), cleanUpWhenSshKeyRemoved(vps), tellAuthWhenServerTagged(vps, signer)]) {
      const running = await startReactor(nc, { service: SERVICE, reactor, schemas: eventSchemas, log });
      onStop(() => running.stop());
    }
    const watching = await startLocked(nc, { service: SERVICE, name: 'monitor', log, run: signal => runMonitor(vps, signal) });
    onStop(() => watching.stop());

    return { module: VpsModule, controllers: [ServerDoors, SshKeyDoors, serveViews(SERVICE)], providers: [{ provide: VPS_CONTEXT, useValue: vps }] };
  }
}
