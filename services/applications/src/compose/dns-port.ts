/** What is asked of dns: whose a name is, one record at a time, who uses a domain, its certificate. */
import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import { addressKind } from '@xanthus/net';
import { ask, askView, type IdentitySigner } from '@xanthus/nest';
import { pause } from '@xanthus/processes';
import type { Actor, InputOf, OutputOf } from '@xanthus/proto';
import { applyPlan, certificateView, checkName, makePlan, planView, unuseDomain, useDomain, zoneView } from '@xanthus/proto/dns';
import { receiveCertificate } from '@xanthus/vault';
import type { DnsPort, RecordWish } from '../running/ports.js';

const SERVICE = 'applications' as const;
/** Between two looks at a plan that is applied, ms; and how long it is looked at. */
const LOOK = 300;
const PATIENCE = 90_000;
const ENDED = ['applied', 'failed', 'rolled-back', 'stopped'];

/** Whose command it was, where somebody gave one: for the audit. */
const actOf = (act: Actor | undefined): { readonly act?: { readonly kind: 'person' | 'credential'; readonly id: string } } => (act?.kind === 'person' || act?.kind === 'credential' ? { act: { kind: act.kind, id: act.id } } : {});
type Wishes = Extract<InputOf<typeof makePlan>['source'], { from: 'wishes' }>['wishes'];

export const dnsPort = (nc: NatsConnection, signer: IdentitySigner): DnsPort => {
  const named = (tenant: string, name: string, application: string): Promise<OutputOf<typeof checkName>> => ask(nc, signer, checkName, { tenant, input: { name, for: { service: SERVICE, id: application } } });

  const waitFor = async (tenant: string, plan: string, signal: AbortSignal): Promise<void> => {
    for (let waited = 0; waited < PATIENCE; waited += LOOK) {
      const row = await askView(nc, signer, planView, { tenant, id: plan });
      if (row?.state === 'applied') return;
      if (row && ENDED.includes(row.state)) throw new Refusal(row.problem?.code ?? 'DNS.PLAN_OVER', row.problem?.message ?? `The change of the zone was ${row.state}. Try again.`);
      await pause(LOOK, signal);
      signal.throwIfAborted();
    }
    throw new Refusal('DNS.TIMEOUT', 'Cloudflare has not taken the record within 90 seconds. Look at the plans of the domain.', undefined, true);
  };

  /** Made and applied at once; false: it is like that already. */
  const change = async (tenant: string, wish: Omit<RecordWish, 'address'>, wishes: Wishes, signal: AbortSignal): Promise<boolean> => {
    const by = actOf(wish.act);
    const input = { zone: wish.zone, reason: wish.reason, mark: { service: SERVICE, id: wish.application, name: wish.name }, source: { from: 'wishes' as const, wishes } };
    let made: OutputOf<typeof makePlan>;
    try {
      made = await ask(nc, signer, makePlan, { tenant, input, ...by });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'DNS.NOTHING_TO_CHANGE') throw error;
      const { obstacles = [] } = (error.details ?? {}) as { obstacles?: OutputOf<typeof makePlan>['obstacles'] };
      const [clash] = obstacles.filter(o => o.kind !== 'missing');
      if (clash) throw new Refusal('PLAN.CONFLICTS', clash.message, { obstacles });
      return false;
    }
    await ask(nc, signer, applyPlan, { tenant, id: made.id, input: { hash: made.hash, accept: made.risks.map(r => r.kind) }, ...by });
    await waitFor(tenant, made.id, signal);
    return true;
  };

  return {
    async ensureRecord(tenant, wish, signal) {
      const type = wish.address.includes(':') ? 'AAAA' as const : 'A' as const;
      const there = async (): Promise<{ readonly id: string; readonly right: boolean } | undefined> => {
        const { records, yours } = await named(tenant, wish.host, wish.application);
        const mine = records.filter(r => yours.includes(r.id));
        const right = mine.find(r => r.type === type && r.value === wish.address);
        const one = right ?? mine[0];
        return one && { id: one.id, right: right !== undefined };
      };
      const before = await there();
      if (before?.right) return { type, id: before.id, made: false };
      const { certificate } = await named(tenant, wish.host, wish.application);
      // Cloudflare cannot pass visitors on into a network of one's own: there the name leads straight to the server.
      const record = { type, name: `${wish.host}.`, content: wish.address, ttl: 1, proxied: certificate?.covers === true && addressKind(wish.address) === 'public' } as const;
      await change(tenant, wish, [before ? { op: 'update', id: before.id, record } : { op: 'create', record }], signal);
      const after = await there();
      if (!after?.right) throw new Refusal('DNS.UNAVAILABLE', `The record of ${wish.host} is not there although Cloudflare said so. Try again.`, undefined, true);
      return { type, id: after.id, made: before === undefined };
    },
    async removeRecord(tenant, wish, signal) {
      const { yours } = await named(tenant, wish.host, wish.application);
      if (yours.length === 0) return { gone: false };
      await change(tenant, wish, yours.map(id => ({ op: 'delete' as const, id })), signal);
      return { gone: true };
    },
    async recordAt(tenant, _zone, host, application) {
      const { free, records, yours } = await named(tenant, host, application);
      const other = records.find(r => ['A', 'AAAA', 'CNAME', 'NS'].includes(r.type) && !yours.includes(r.id));
      if (!free && other) return { ours: false, type: other.type, value: other.value };
      const own = records.find(r => yours.includes(r.id));
      return own ? { ours: true, type: own.type, value: own.value } : null;
    },
    async use(tenant, zone, { id, name }, act) {
      await ask(nc, signer, useDomain, { tenant, id: zone, input: { by: { service: SERVICE, id, name } }, ...actOf(act) });
    },
    async unuse(tenant, zone, application, act) {
      await ask(nc, signer, unuseDomain, { tenant, id: zone, input: { by: { service: SERVICE, id: application } }, ...actOf(act) });
    },
    async certificate(tenant, zone, { id, name }, reason, act) {
      try {
        const { certificate, key, provider_ref } = await receiveCertificate(nc, signer, { tenant, zone, reason: reason.slice(0, 64), for: { service: SERVICE, id, name }, ...actOf(act) });
        return { chain: certificate, key, provider_ref };
      } catch (error) {
        if (error instanceof Refusal && error.code === 'DNS.NO_CERTIFICATE') return null;
        throw error;
      }
    },
    certificateRef: async (tenant, zone) => (await askView(nc, signer, certificateView, { tenant, id: zone }))?.provider_ref ?? null,
    async zone(tenant, zone) {
      const row = await askView(nc, signer, zoneView, { tenant, id: zone });
      if (!row || row.gone) throw new Refusal('DNS.NOT_MANAGED', 'This domain is not managed here (any more). Choose another one.');
      const { certificate } = await ask(nc, signer, checkName, { tenant, input: { name: row.name } });
      return { id: zone, name: row.name, configured: certificate !== null };
    },
  };
};
