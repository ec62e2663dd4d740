/** What can be bought, as the wizard shows it. Pure. */
import type { Catalogue, ProviderLocation, Server, ServerOffer, ServerType, SetUp } from '../contracts.js';
import { formatBytes, formatDay } from '../lib/format.js';
import { addPrices, compareAmounts, formatMoney, type Price } from '../lib/money.js';
import { t } from '../texts/text.js';
import type { TypeSort } from './draft.js';

type Pricing = Catalogue['pricing'];
type Types = readonly ServerType[];

/** A server with its IPv4 address, per hour and per month at most; and each for itself. */
export interface Cost { readonly hourly: Price; readonly monthly: Price; readonly server: { readonly hourly: Price; readonly monthly: Price }; readonly ipv4: { readonly hourly: Price; readonly monthly: Price } | undefined }

export const costOf = (offer: ServerOffer, pricing: Pricing): Cost => {
  const ipv4 = pricing.ipv4.find(p => p.location === offer.location) ?? pricing.ipv4.find(p => p.location === null);
  const { hourly, monthly } = offer;
  return {
    hourly: ipv4 ? addPrices(hourly, ipv4.hourly) : hourly, monthly: ipv4 ? addPrices(monthly, ipv4.monthly) : monthly,
    server: { hourly, monthly }, ipv4: ipv4 && { hourly: ipv4.hourly, monthly: ipv4.monthly },
  };
};

/** What was ordered after the lists were asked, and refused as sold out: the lists are shared for a minute and don't know it yet. */
export const refusedSince = ({ as_of, provider }: Pick<Catalogue, 'as_of' | 'provider'>, setUps: Iterable<SetUp>, servers: ReadonlyMap<string, Pick<Server, 'provider_id' | 'type' | 'location'>>): ReadonlySet<string> => {
  const refused = new Set<string>();
  for (const { server, state, problem, changed_at } of setUps) {
    if (state !== 'failed' || problem?.code !== 'PROVIDER.SOLD_OUT' || changed_at <= as_of) continue;
    const ordered = servers.get(server);
    if (ordered?.provider_id === provider) refused.add(`${ordered.type} ${ordered.location}`);
  }
  return refused;
};

export const withoutRefused = <C extends Pick<Catalogue, 'types'>>(catalogue: C, refused: ReadonlySet<string>): C => (refused.size === 0 ? catalogue : {
  ...catalogue,
  types: catalogue.types.map(type => ({ ...type, offers: type.offers.map(o => (refused.has(`${type.name} ${o.location}`) ? { ...o, available: false, reason: t('Sold out: an order was refused a moment ago.') } : o)) })),
});

export interface TypeRow { readonly type: ServerType; readonly cost: Cost | undefined; /** Why it can't be chosen here; undefined: it can. */ readonly blocked: string | undefined; readonly deprecated: string | undefined }

export interface TypeFilter { readonly arch: 'x86' | 'arm' | undefined; readonly sort: TypeSort; readonly desc: boolean }

const offerAt = (type: ServerType, location: string): ServerOffer | undefined => type.offers.find(o => o.location === location);

/** Where else it can be had, as the end of a sentence. */
const elsewhere = (type: ServerType, cities: ReadonlyMap<string, string>): string => {
  const where = type.offers.filter(o => o.available).map(o => cities.get(o.location) ?? o.location);
  return where.length === 0 ? '' : t(' Available in {where}.', { where: where.join(', ') });
};

/** What is over is not offered any more. */
const isOver = (offer: ServerOffer | undefined, now: number): boolean => offer?.deprecated !== undefined && Date.parse(offer.deprecated.unavailable_after) <= now;

export const typeRows = ({ types, pricing }: Pick<Catalogue, 'types' | 'pricing'>, location: string, { arch, sort, desc }: TypeFilter, cities: ReadonlyMap<string, string>, now: number): readonly TypeRow[] => {
  const rows = types.filter(t => arch === undefined || t.architecture === arch).map((type): TypeRow => {
    const offer = offerAt(type, location);
    const blocked = offer?.available === true && !isOver(offer, now) ? undefined
      : `${offer ? isOver(offer, now) ? t('No longer sold.') : offer.reason ?? t('Sold out here.') : t('Not sold at this location.')}${elsewhere(type, cities)}`;
    return { type, cost: offer && costOf(offer, pricing), blocked, deprecated: offer?.deprecated && !isOver(offer, now) ? t('Sold until {day}', { day: formatDay(Date.parse(offer.deprecated.unavailable_after)) }) : undefined };
  });
  const by = ORDER[sort];
  // What can be had comes first, whichever way it is sorted.
  return rows.sort((a, b) => Number(a.blocked !== undefined) - Number(b.blocked !== undefined) || (desc ? by(b, a) : by(a, b)) || ORDER.price(a, b) || a.type.name.localeCompare(b.type.name));
};

const ORDER: Readonly<Record<TypeSort, (a: TypeRow, b: TypeRow) => number>> = {
  price: (a, b) => (a.cost && b.cost ? compareAmounts(a.cost.monthly.net, b.cost.monthly.net) : Number(!a.cost) - Number(!b.cost)),
  cpus: (a, b) => a.type.cpus - b.type.cpus,
  memory: (a, b) => a.type.memory_bytes - b.type.memory_bytes,
};

export interface PlaceRow { readonly location: ProviderLocation; /** The cheapest type that can be had there, per month. */ readonly from: Price | undefined; readonly blocked: string | undefined }

/** As long as the types are not known nothing is said about stock. */
export const placeRows = (locations: readonly ProviderLocation[], catalogue: Pick<Catalogue, 'types' | 'pricing'> | undefined): readonly PlaceRow[] =>
  locations.map((location): PlaceRow => {
    if (!catalogue) return { location, from: undefined, blocked: undefined };
    const costs = catalogue.types.flatMap(t => { const o = offerAt(t, location.name); return o?.available ? [costOf(o, catalogue.pricing).monthly] : []; });
    const from = costs.toSorted((a, b) => compareAmounts(a.net, b.net))[0];
    return { location, from, blocked: from ? undefined : t('Nothing can be ordered here now.') };
  }).sort((a, b) => Number(a.blocked !== undefined) - Number(b.blocked !== undefined));

export const findOffer = (types: Types, name: string, location: string): { readonly type: ServerType; readonly offer: ServerOffer } | undefined => {
  const type = types.find(t => t.name === name);
  const offer = type && offerAt(type, location);
  return type && offer && { type, offer };
};

/** As it is sold: memory in powers of 1,024, disks in powers of 1,000. */
export const formatMemory = (bytes: number): string => formatBytes(bytes).replace('.0 ', ' ');
export const formatDisk = (bytes: number): string => (bytes < 1e12 ? t('{round} GB', { round: Math.round(bytes / 1e9) }) : t('{bytes} TB', { bytes: (bytes / 1e12).toFixed(1).replace('.0', '') }));

/** `2 CPUs · 4 GiB memory · 40 GB disk`. */
export const describeType = ({ cpus, cpu_kind, memory_bytes, disk_bytes }: ServerType): string =>
  `${cpu_kind === 'dedicated' ? t('{cpus, plural, one {# dedicated CPU} other {# dedicated CPUs}}', { cpus }) : t('{cpus, plural, one {# CPU} other {# CPUs}}', { cpus })} · ${t('{size} memory', { size: formatMemory(memory_bytes) })}${disk_bytes > 0 ? ` · ${t('{size} disk', { size: formatDisk(disk_bytes) })}` : ''}`;

/** What differs at a location between two answers, as sentences. */
export const catalogueChanges = (before: Catalogue, after: Catalogue, location: string): readonly string[] => {
  if (before.provider !== after.provider) return [];
  return after.types.flatMap((type): string[] => {
    const was = before.types.find(t => t.name === type.name);
    const [old, now] = [was && offerAt(was, location), offerAt(type, location)];
    if (!old || !now) return [];
    if (old.available !== now.available) return [now.available ? t('{name} can be ordered again.', { name: type.name }) : t('{name} is sold out now.', { name: type.name })];
    if (compareAmounts(old.monthly.net, now.monthly.net) !== 0 || compareAmounts(old.hourly.net, now.hourly.net) !== 0) {
      const { currency } = after.pricing;
      return [t('{name} now costs {price} a month, instead of {before}.', { name: type.name, price: formatMoney(costOf(now, after.pricing).monthly.gross, currency), before: formatMoney(costOf(old, before.pricing).monthly.gross, currency) })];
    }
    return [];
  });
};
