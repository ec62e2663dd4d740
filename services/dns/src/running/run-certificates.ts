import { runRounds } from '@xanthus/processes';
import { INSTALLATION } from '@xanthus/proto';
import type { DnsContext } from '../dns.context.js';
import { ZONE_INDEX, type IndexedZone } from '../views/zones.js';
import type { ProcessPorts } from './ports.js';
import { lookAtCertificate } from './renew-certificate.js';

/** Zones at a time; the account's budget of calls holds for all of them. */
const AT_ONCE = 4;

/** Looks at the certificate of every managed zone of every tenant from time to time, until the signal. Run it in one copy only. */
export const runCertificates = (dns: DnsContext, ports: ProcessPorts, { every, renewDays }: { readonly every: number; readonly renewDays: number }, signal: AbortSignal): Promise<void> => runRounds({
  every, pause: ports.pause, atOnce: AT_ONCE, log: dns.log,
  items: async () => (await dns.views.list<IndexedZone>(INSTALLATION, ZONE_INDEX)).map(z => z.value.data),
  look: ({ tenant, id }) => lookAtCertificate(ports, tenant, id, { renewDays }),
  failed: ({ tenant, id }, error) => dns.log.warn({ err: error, tenant, zone: id }, 'a certificate could not be looked at now'),
}, signal);
