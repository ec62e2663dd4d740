/** Hetzner's shapes in the port's. */
import type { ProviderImage, ProviderLocation, ProviderPricing, ServerOffer, ServerTypeOffer } from '@xanthus/proto/vps';
import type { z } from 'zod';
import type { MachineStatus, ProviderServer, ProviderSnapshot } from '../provider.js';
import type { HetznerImage, HetznerPricing, HetznerServer, HetznerType, location } from './hetzner.shapes.js';

/** Memory is sold in powers of two, disks in powers of ten. */
const MEMORY = 1024 ** 3;
const DISK = 1_000_000_000;

const STATUS: Readonly<Record<string, MachineStatus>> = {
  initializing: 'creating', starting: 'starting', running: 'running', stopping: 'stopping', off: 'off', deleting: 'deleting', rebuilding: 'rebuilding', migrating: 'migrating',
};

/** A machine gets a whole network; the first address of it is its own. */
const firstOf = (network: string | undefined): string | null => network?.replace(/::(?:\/\d+)?$/, '::1') ?? null;

export const serverOf = (s: HetznerServer): ProviderServer => {
  const ipv4 = s.public_net.ipv4?.ip ?? null;
  const ipv6 = firstOf(s.public_net.ipv6?.ip);
  return {
    ref: String(s.id), name: s.name, status: STATUS[s.status] ?? 'unknown', address: ipv4 ?? ipv6, port: null, ipv4, ipv6, type: s.server_type.name,
    location: s.location?.name ?? s.datacenter?.location.name ?? '', image: s.image ? (s.image.name ?? String(s.image.id)) : null, locked: s.locked,
    disk_bytes: s.primary_disk_size === null || s.primary_disk_size === undefined ? null : s.primary_disk_size * DISK, created_at: new Date(s.created).toISOString(), labels: s.labels,
  };
};

export const locationOf = ({ name, description, city, country, network_zone }: z.output<typeof location>): ProviderLocation => ({ name, description, city, country, zone: network_zone });

const architectureOf = (name: string): 'x86' | 'arm' => (name === 'arm' ? 'arm' : 'x86');

/** @param available where a type can be bought now, by its id; undefined: nobody says */
export const typeOf = (t: HetznerType, available: ReadonlyMap<string, ReadonlySet<number>> | undefined, now: number): ServerTypeOffer => ({
  name: t.name, description: t.description, architecture: architectureOf(t.architecture), cpus: t.cores, cpu_kind: t.cpu_type, memory_bytes: t.memory * MEMORY, disk_bytes: t.disk * DISK,
  offers: t.prices.flatMap(({ location, price_hourly, price_monthly, included_traffic }): ServerOffer[] => {
    const there = t.locations.find(l => l.name === location);
    if (t.locations.length > 0 && there === undefined) return [];
    const deprecated = there?.deprecation;
    const gone = deprecated !== undefined && deprecated !== null && Date.parse(deprecated.unavailable_after) <= now;
    const inStock = available?.get(location)?.has(t.id) ?? true;
    return [{
      location, available: !gone && inStock, hourly: price_hourly, monthly: price_monthly,
      ...(gone ? { reason: `No longer sold in ${location}.` } : !inStock && { reason: `Sold out in ${location} just now.` }),
      ...(typeof included_traffic === 'number' && { included_traffic_bytes: included_traffic }),
      ...(deprecated && { deprecated: { announced: new Date(deprecated.announced).toISOString(), unavailable_after: new Date(deprecated.unavailable_after).toISOString() } }),
    }];
  }),
});

/** Systems that our set-up is made for. */
const isSupported = ({ os_flavor, os_version }: HetznerImage): boolean => os_flavor === 'ubuntu' && (os_version === '24.04' || os_version === '22.04');

/** A system image is asked for by its name, which holds for both architectures. */
export const imageOf = (i: HetznerImage): ProviderImage => ({
  ref: i.name ?? String(i.id), name: i.name ?? String(i.id), description: i.description, os: i.os_flavor, version: i.os_version, architecture: architectureOf(i.architecture), supported: isSupported(i),
  deprecated: typeof i.deprecated === 'string',
});

export const snapshotOf = (i: HetznerImage): ProviderSnapshot => ({
  ref: String(i.id), description: i.description, server: i.created_from ? String(i.created_from.id) : null, size_bytes: i.image_size === null ? null : Math.round(i.image_size * DISK), ready: i.status === 'available',
  created_at: new Date(i.created).toISOString(), labels: i.labels,
});

export const pricingOf = (p: HetznerPricing): ProviderPricing => ({
  currency: p.currency, vat_percent: p.vat_rate, snapshot_gb_month: p.image.price_per_gb_month,
  ipv4: p.primary_ips.filter(ip => ip.type === 'ipv4').flatMap(ip => ip.prices.map(({ location, price_hourly, price_monthly }) => ({ location, hourly: price_hourly, monthly: price_monthly }))),
});
