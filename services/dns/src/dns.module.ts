/** Composition root: the only file that picks adapters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { JetStreamEventStore, startLocked, startReactor } from '@xanthus/jetstream';
import { AggregateCache, readState } from '@xanthus/kernel';
import { configuredEndpoint, createSafeFetch, natsPorts, outgoingAllow } from '@xanthus/net';
import { foldViews, serveViews, type ServiceDeps } from '@xanthus/nest';
import { handleAsService, pause } from '@xanthus/processes';
import { createProviderCalls, natsBudgetStore } from '@xanthus/providers';
import { cloudflareAccounts } from './provider/accounts.js';
import { eventSchemas } from './aggregates.js';
import { dnsDeclarations } from './declarations.js';
import type { DnsConfig } from './dns.config.js';
import type { DnsContext } from './dns.context.js';
import { DomainDoors } from './endpoints/domain.doors.js';
import { PlanDoors } from './endpoints/plan.doors.js';
import { DNS_CONTEXT, PROCESS_PORTS } from './endpoints/tokens.js';
import { ZoneDoors } from './endpoints/zone.doors.js';
import { freeZoneWhenPlanEnded } from './reactors/free-zone-when-plan-ended.js';
import type { ProcessPorts } from './running/ports.js';
import { runDrift } from './running/run-drift.js';
import { runCertificates } from './running/run-certificates.js';
import { runProcesses } from './running/run-processes.js';
import { managedZone } from './use-cases/zones.js';
import { projections } from './views/index.js';

const SERVICE = 'dns';

@Module({})
export class DnsModule {
  static async compose(deps: ServiceDeps<DnsConfig>): Promise<DynamicModule> {
    const { nc, log, config, signer, views, onStop } = deps;
    await foldViews(deps, dnsDeclarations(), { service: SERVICE, projections, schemas: eventSchemas });

    const baseUrl = config.XANTHUS_CLOUDFLARE_URL;
    const fetch = createSafeFetch({ policy: {
      allow: outgoingAllow(config.XANTHUS_OUTGOING_ALLOW), configured: baseUrl === undefined ? [] : [configuredEndpoint(baseUrl)], ownPorts: natsPorts(config.XANTHUS_NATS_URL), setting: 'XANTHUS_OUTGOING_ALLOW',
    } });
    const calls = createProviderCalls({ fetch, store: natsBudgetStore(nc) });
    onStop(async () => {
      await calls.stop();
      await fetch.close();
    });
    const accounts = cloudflareAccounts({ nc, signer, calls, baseUrl, now: Date.now });
    const dns: DnsContext = { nc, log, views, accounts, store: new JetStreamEventStore(nc, SERVICE), cache: new AggregateCache(), now: Date.now, resolvers: config.XANTHUS_DNS_RESOLVERS };
    const accountOf = async (tenant: string, zone: string): Promise<string> => (await managedZone(dns, tenant, zone)).about.account;
    const ports: ProcessPorts = {
      log, now: Date.now, pause,
      async handle(type, tenant, id, command) {
        const { state, events } = await handleAsService(dns, type, tenant, id, command);
        return { state, decided: events.length > 0 };
      },
      read: (type, tenant, id) => readState(dns, type, tenant, id),
      provider: async (tenant, zone) => accounts.provider(tenant, await accountOf(tenant, zone)),
      certificateRequest: async (tenant, zone) => accounts.certificateRequest(tenant, await accountOf(tenant, zone)),
    };

    const freed = await startReactor(nc, { service: SERVICE, reactor: freeZoneWhenPlanEnded(dns), schemas: eventSchemas, log });
    onStop(() => freed.stop());
    const working = await startLocked(nc, { service: SERVICE, name: 'processes', log, run: signal => runProcesses(nc, ports, signal) });
    onStop(() => working.stop());
    const comparing = await startLocked(nc, { service: SERVICE, name: 'drift', log, run: signal => runDrift(dns, { every: config.XANTHUS_DNS_DRIFT_SECONDS * 1_000, pause }, signal) });
    onStop(() => comparing.stop());
    const renewing = await startLocked(nc, { service: SERVICE, name: 'certificates', log, run: signal => runCertificates(dns, ports, { every: config.XANTHUS_DNS_CERTIFICATE_SECONDS * 1_000, renewDays: config.XANTHUS_DNS_RENEW_DAYS }, signal) });
    onStop(() => renewing.stop());

    return {
      module: DnsModule,
      controllers: [ZoneDoors, PlanDoors, DomainDoors, serveViews(SERVICE)],
      providers: [{ provide: DNS_CONTEXT, useValue: dns }, { provide: PROCESS_PORTS, useValue: ports }],
    };
  }
}

