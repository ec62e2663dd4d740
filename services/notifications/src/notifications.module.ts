/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { JetStreamEventStore, KvSnapshotStore, startLocked, startReactor } from '@xanthus/jetstream';
import { AggregateCache } from '@xanthus/kernel';
import { foldViews, serveViews, type ServiceDeps } from '@xanthus/nest';
import { pause, runPending } from '@xanthus/processes';
import { openVault, remoteDataKeys } from '@xanthus/vault';
import { eventSchemas } from './aggregates.js';
import { notificationsDeclarations } from './declarations.js';
import { GATHER } from './delivery/when.js';
import { ChannelDoors } from './endpoints/channel.doors.js';
import { NOTIFICATIONS_CONTEXT } from './endpoints/tokens.js';
import type { NotificationsConfig } from './notifications.config.js';
import type { NotificationsContext } from './notifications.context.js';
import { noticeWhenSomethingHappened } from './reactors/notice-when-something-happened.js';
import { queueWhenNoticed } from './reactors/queue-when-noticed.js';
import { RULES, type RuledService } from './rules/index.js';
import { sendWaiting } from './running/send-waiting.js';
import { openSenders } from './senders/open-senders.js';
import { countTrials } from './use-cases/trials.js';
import { OUTBOXES, type OutboxRef } from './views/deliveries.js';
import { projections } from './views/index.js';

const SERVICE = 'notifications';
/** Of the settling time: as 5 s to a minute. */
const MOST = GATHER.most / GATHER.settle;

@Module({})
export class NotificationsModule {
  static async compose(deps: ServiceDeps<NotificationsConfig>): Promise<DynamicModule> {
    const { nc, log, config, signer, views, past, onStop } = deps;
    await foldViews(deps, notificationsDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });

    const keys = remoteDataKeys(nc, signer, SERVICE);
    const forgotten = new Set<string>();
    const vault = await openVault(nc, { service: SERVICE, keys, log, onForgotten: tenant => { forgotten.add(tenant); void past.forget(tenant); } });
    const senders = openSenders(config, Date.now);
    onStop(() => senders.close());
    const settle = config.XANTHUS_NOTIFICATIONS_GATHER_SECONDS * 1_000;
    const on: NotificationsContext = {
      nc, log, views, vault, keys, senders, trials: countTrials(Date.now), forgotten, now: Date.now, publicUrl: config.XANTHUS_PUBLIC_URL ?? null, gather: { settle, most: settle * MOST }, firstPause: config.XANTHUS_NOTIFICATIONS_RETRY_SECONDS * 1_000,
      store: new JetStreamEventStore(nc, SERVICE), snapshots: new KvSnapshotStore(nc, SERVICE), cache: new AggregateCache(),
    };

    for (const service of Object.keys(RULES) as RuledService[]) {
      const heard = await startReactor(nc, { service: SERVICE, of: service, reactor: noticeWhenSomethingHappened(on, service), log });
      onStop(() => heard.stop());
    }
    const queued = await startReactor(nc, { service: SERVICE, reactor: queueWhenNoticed(on), schemas: eventSchemas, log });
    onStop(() => queued.stop());
    const sending = await startLocked(nc, { service: SERVICE, name: 'deliveries', log, run: signal => runPending<OutboxRef>(nc, {
      service: SERVICE, filters: [`${OUTBOXES}.>`], log, pause, isForgotten: tenant => forgotten.has(tenant), work: ({ tenant, id }, until) => sendWaiting(on, tenant, id, until),
    }, signal) });
    onStop(() => sending.stop());

    return { module: NotificationsModule, controllers: [ChannelDoors, serveViews(SERVICE)], providers: [{ provide: NOTIFICATIONS_CONTEXT, useValue: on }] };
  }
}
