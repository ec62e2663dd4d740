/** What the API shows of each resource. */
import { DATACENTERS } from './catalogue.js';
import { priceOf } from './money.js';
import { iso, type Action, type Image, type Location, type Server, type ServerType, type SshKey, type State } from './state.js';

export const actionDocument = (state: State, action: Action): object => {
  const passed = action.duration === 0 ? 1 : (state.now() - action.started) / action.duration;
  return {
    id: action.id, command: action.command, status: action.status, progress: action.status === 'running' ? Math.max(0, Math.min(95, Math.round(passed * 100))) : 100,
    started: iso(action.started), finished: action.finished === null ? null : iso(action.finished), resources: action.resources, error: action.error,
  };
};

export const sshKeyDocument = ({ id, name, fingerprint, public_key, labels, created }: SshKey): object => ({ id, name, fingerprint, public_key, labels, created });

export const imageDocument = (image: Image): object => {
  const { project: _internal, ...shown } = image;
  return { ...shown, bound_to: null, deleted: null, protection: { delete: false }, rapid_deploy: image.type === 'system' };
};

const euros = (state: State, net: string) => priceOf(net, state.vatPercent);

const typePrices = (state: State, type: ServerType): object[] => [...type.prices].map(([location, price]) => ({
  location, price_hourly: euros(state, price.hourly), price_monthly: euros(state, price.monthly), included_traffic: price.included_traffic, price_per_tb_traffic: euros(state, '1.00'),
}));

export const typeDocument = (state: State, type: ServerType): object => {
  const [deprecation] = type.deprecation.values();
  return {
    id: type.id, name: type.name, description: type.name.toUpperCase(), category: type.category, cores: type.cores, memory: type.memory, disk: type.disk, deprecated: deprecation !== undefined, deprecation: deprecation ?? null,
    prices: typePrices(state, type), storage_type: 'local', cpu_type: type.cpu_type, architecture: type.architecture,
    locations: state.locations.filter(location => type.prices.has(location.name)).map(({ id, name }) => ({ id, name, deprecation: type.deprecation.get(name) ?? null })),
  };
};

/** Can it be ordered there now? */
export const sells = (state: State, type: ServerType, location: string): boolean => {
  const deprecation = type.deprecation.get(location);
  return type.prices.has(location) && !type.soldOut.has(location) && !(deprecation && Date.parse(deprecation.unavailable_after) <= state.now());
};

export const datacenterDocument = (state: State, location: Location): object => {
  const supported = state.types.filter(type => type.prices.has(location.name));
  const available = supported.filter(type => sells(state, type, location.name)).map(type => type.id);
  return { ...DATACENTERS[location.name], location, server_types: { supported: supported.map(type => type.id), available, available_for_migration: available } };
};

export const serverDocument = (state: State, server: Server): object => ({
  id: server.id, name: server.name, status: server.status, created: server.created, labels: server.labels, locked: server.locked, protection: server.protection,
  public_net: {
    ipv4: server.ipv4Enabled ? { id: server.id + 1_000_000, ip: server.address, blocked: false, dns_ptr: `static.${server.address.split('.').reverse().join('.')}.clients.your-server.de` } : null,
    ipv6: { id: server.id + 2_000_000, ip: `${server.ipv6}/64`, blocked: false, dns_ptr: [] }, floating_ips: [], firewalls: [],
  },
  private_net: [], server_type: typeDocument(state, server.type), datacenter: datacenterDocument(state, server.location), location: server.location, image: server.image ? imageDocument(server.image) : null, iso: null,
  rescue_enabled: false, backup_window: null, outgoing_traffic: 0, ingoing_traffic: 0, included_traffic: server.type.prices.get(server.location.name)?.included_traffic ?? null,
  primary_disk_size: server.disk, volumes: [], load_balancers: [], placement_group: null,
});

export const pricingDocument = (state: State): object => {
  const perLocation = (net: { readonly hourly: string; readonly monthly: string }) => state.locations.map(({ name }) => ({ location: name, price_hourly: euros(state, net.hourly), price_monthly: euros(state, net.monthly) }));
  const free = { hourly: '0', monthly: '0' };
  return {
    currency: 'EUR', vat_rate: state.vatPercent, image: { price_per_gb_month: euros(state, state.snapshotGbMonth) }, floating_ip: { price_monthly: euros(state, '3.00') },
    floating_ips: [{ type: 'ipv4', prices: state.locations.map(({ name }) => ({ location: name, price_monthly: euros(state, '3.00') })) }],
    primary_ips: [{ type: 'ipv4', prices: perLocation(state.ipv4) }, { type: 'ipv6', prices: perLocation(free) }],
    server_backup: { percentage: '20.0000000000' }, volume: { price_per_gb_month: euros(state, '0.044') }, load_balancer_types: [],
    server_types: state.types.map(type => ({ id: type.id, name: type.name, prices: typePrices(state, type) })),
  };
};
