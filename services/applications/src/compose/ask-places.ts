import type { NatsConnection } from '@nats-io/transport-node';
import { ask, askViews, type IdentitySigner } from '@xanthus/nest';
import { checkName, domainView, zoneView } from '@xanthus/proto/dns';
import { serverView } from '@xanthus/proto/vps';
import type { Places } from '../access/places.js';
import { serverFacts } from './vps-port.js';

/** Asked of vps and dns. */
export const askPlaces = (nc: NatsConnection, signer: IdentitySigner): Places => ({
  async servers(tenant) {
    return (await askViews(nc, signer, serverView, { tenant })).map(({ data }) => ({ ...serverFacts(data), helm: (data.facts?.helm ?? null) !== null }));
  },
  async zones(tenant) {
    const [zones, domains] = await Promise.all([askViews(nc, signer, zoneView, { tenant }), askViews(nc, signer, domainView, { tenant })]);
    const states = new Map(domains.map(({ data }) => [data.zone, data.state]));
    return zones.filter(({ data }) => !data.gone).map(({ data: { id, name, status } }) => ({ id, name, status, domain: states.get(id) ?? null }));
  },
  async nameAt(tenant, host, application) {
    const { free, message } = await ask(nc, signer, checkName, { tenant, input: { name: host, ...(application === undefined ? {} : { for: { service: 'applications', id: application } }) } });
    return { free, message };
  },
});
