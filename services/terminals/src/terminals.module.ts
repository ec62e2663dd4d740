/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { JetStreamEventStore, KvSnapshotStore } from '@xanthus/jetstream';
import { AggregateCache } from '@xanthus/kernel';
import { foldViews, joinParts, type ServiceDeps } from '@xanthus/nest';
import { natsPorts } from '@xanthus/net';
import { createReach, reachServer } from '@xanthus/reach';
import { openVault, remoteDataKeys } from '@xanthus/vault';
import { eventSchemas } from './aggregates.js';
import { openHost } from './compose/hosting.js';
import { composeFiles } from './compose/files.js';
import { composeForwards } from './compose/forwards.js';
import type { Part, TerminalsCore } from './compose/part.js';
import { composeRecordings } from './compose/recordings.js';
import { composeSessions } from './compose/sessions.js';
import { terminalsDeclarations } from './declarations.js';
import { TERMINALS_CONTEXT } from './endpoints/tokens.js';
import { createLiving } from './keeper/living.js';
import { notesOf } from './session/notes.js';
import { sessionDoor } from './session/door.js';
import type { TerminalsConfig } from './terminals.config.js';
import type { Outside, Pace, TerminalsBase, TerminalsContext } from './terminals.context.js';
import { askServers } from './use-cases/servers.js';
import { projections } from './views/index.js';

const SERVICE = 'terminals';
/** Who holds a session may be away from NATS for a moment: it is gone when nobody has answered for six seconds. */
const PACE: Pace = { round: 1_500, unheld: 6_000, servers: 5_000 };

@Module({})
export class TerminalsModule {
  static async compose(deps: ServiceDeps<TerminalsConfig>, instead: Partial<Outside> = {}): Promise<DynamicModule> {
    const { nc, log, config, signer, verifier, views, metrics, capabilities, health, past, onStop } = deps;
    await foldViews(deps, terminalsDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });

    const keys = remoteDataKeys(nc, signer, SERVICE);
    const forgotten = new Set<string>();
    const addresses = { allow: config.XANTHUS_SSH_ALLOW, setting: 'XANTHUS_SSH_ALLOW', ownPorts: natsPorts(config.XANTHUS_NATS_URL) };
    const reach = instead.reach ?? createReach(request => reachServer({ nc, signer, addresses: () => addresses }, request));
    onStop(() => reach.close());
    const base: TerminalsBase = {
      reach,
      nc, log, config, signer, verifier, views, metrics, keys, forgotten, rights: capabilities, now: Date.now, living: createLiving(), servers: instead.servers ?? askServers(nc, signer),
      vault: await openVault(nc, { service: SERVICE, keys, log, onForgotten: tenant => { forgotten.add(tenant); void past.forget(tenant); } }),
      store: new JetStreamEventStore(nc, SERVICE), snapshots: new KvSnapshotStore(nc, SERVICE), cache: new AggregateCache(),
    };
    const host = await (instead.openHost ?? openHost)({ ...base, door: sessionDoor(base), notesOf: (tenant, session) => notesOf(base, tenant, session) });
    onStop(() => host.stop());
    const terminals: TerminalsContext = { ...base, host };
    const core: TerminalsCore = { terminals, config, pace: instead.pace ?? PACE, health, onStop };
    const parts: Part[] = [composeSessions(core), composeFiles(core), composeRecordings(core), await composeForwards(core)];
    const { controllers, providers } = await joinParts(deps, { service: SERVICE, schemas: eventSchemas }, parts);
    return { module: TerminalsModule, controllers, providers: [{ provide: TERMINALS_CONTEXT, useValue: terminals }, ...providers] };
  }
}
