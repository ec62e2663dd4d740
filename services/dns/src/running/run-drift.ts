import { newId } from '@xanthus/kernel';
import { runRounds, type Pause } from '@xanthus/processes';
import { INSTALLATION } from '@xanthus/proto';
import type { DnsContext } from '../dns.context.js';
import { observe } from '../use-cases/zones.js';
import { ZONE_INDEX, type IndexedZone } from '../views/zones.js';

/** Zones at a time; the account's budget of calls holds for all of them. */
const AT_ONCE = 4;

/** Compares every managed zone of every tenant with Cloudflare from time to time, until the signal. Run it in one copy only. */
export const runDrift = (dns: DnsContext, { every, pause }: { readonly every: number; readonly pause: Pause }, signal: AbortSignal): Promise<void> => runRounds({
  every, pause, atOnce: AT_ONCE, log: dns.log,
  items: async () => (await dns.views.list<IndexedZone>(INSTALLATION, ZONE_INDEX)).map(z => z.value.data),
  async look({ tenant, id }) {
    const command_id = newId();
    await observe(dns, { tenant, id, actor: { kind: 'service', id: 'dns' }, now: new Date(dns.now()).toISOString(), command_id, correlation_id: command_id });
  },
  failed: ({ tenant, id }, error) => dns.log.warn({ err: error, tenant, zone: id }, 'a zone could not be compared with Cloudflare now'),
}, signal);
