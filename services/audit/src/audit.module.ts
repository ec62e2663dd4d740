/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { auditKeys, auditSigner, followChain, startLocked } from '@xanthus/jetstream';
import { foldViews, readServiceJwks, readServiceKey, serveViews, type ServiceDeps } from '@xanthus/nest';
import { SERVICES, streamName } from '@xanthus/proto';
import { AUDIT_BLOCK_EVENTS } from '@xanthus/proto/audit';
import { eventSchemas } from './aggregates.js';
import type { AuditConfig } from './audit.config.js';
import { BlockIndex } from './chain/block-index.js';
import { chainKeeper } from './chain/keeper.js';
import { auditDeclarations } from './declarations.js';
import { ChainDoors, type AuditContext } from './endpoints/chain.doors.js';
import { AUDIT_CONTEXT } from './endpoints/tokens.js';
import { projections } from './views/index.js';

const SERVICE = 'audit';
/** Everybody's events but its own, which would have no end. */
export const CHAINED: readonly string[] = Object.keys(SERVICES).filter(s => s !== SERVICE);

/** Runs for each until `signal` aborts; where one fails all end, to be begun anew together. */
const together = async (services: readonly string[], signal: AbortSignal, run: (service: string, until: AbortSignal) => Promise<void>): Promise<void> => {
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const ended = await Promise.allSettled(services.map(service => run(service, until).catch((error: unknown) => {
    failed.abort();
    throw error;
  })));
  const why = ended.find(e => e.status === 'rejected');
  if (why !== undefined) throw why.reason;
};

@Module({})
export class AuditModule {
  static async compose(deps: ServiceDeps<AuditConfig>): Promise<DynamicModule> {
    const { nc, log, config, health, onStop } = deps;
    await foldViews(deps, auditDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });

    const signer = auditSigner(await readServiceKey(config.XANTHUS_SERVICE_KEY_FILE));
    const { keys } = await readServiceJwks(config.XANTHUS_SERVICE_JWKS_FILE);
    const known = auditKeys(keys);
    if (!known.has(signer.key_id)) throw new Error(`${config.XANTHUS_SERVICE_JWKS_FILE} does not hold the public half of ${config.XANTHUS_SERVICE_KEY_FILE}: nobody could check what audit signs. Start through \`npm start\`, which keeps both.`);
    const age = config.XANTHUS_AUDIT_SEAL_SECONDS * 1_000;
    // one lock for all: each is renewed every moment
    const behind = new Set<string>();
    const sealing = await startLocked(nc, {
      service: SERVICE, name: 'chains', log,
      run: signal => together(CHAINED, signal, async (service, until) => {
        behind.add(service);
        await followChain(nc, {
          stream: streamName(service), filter: `evt.*.${service}.>`, keeper: chainKeeper(nc, service), signer, events: AUDIT_BLOCK_EVENTS, age, log, onCaughtUp: () => void behind.delete(service),
        }, until);
      }),
    });
    onStop(() => sealing.stop());
    health.add('chains', () => ({ ok: true, detail: behind.size === 0 ? 'caught up, or another copy seals' : `catching up: ${[...behind].map(s => streamName(s)).join(', ')}` }));
    const context: AuditContext = { nc, keys: known, index: new BlockIndex(nc), services: CHAINED };
    return { module: AuditModule, controllers: [ChainDoors, serveViews(SERVICE)], providers: [{ provide: AUDIT_CONTEXT, useValue: context }] };
  }
}
