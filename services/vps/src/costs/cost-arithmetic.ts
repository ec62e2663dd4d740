/**
 * What prices over time come to. Providers bill each started hour at the price that holds when it starts, within one month (UTC) never more than the monthly
 * price; a machine that is off costs as much as one that runs. Of several prices in one month the highest limit counts. Whole numbers all the way: prices are
 * read to ten digits, each part of each server is rounded once, to four, half up, so that parts, servers and days add up to the totals beside them. Pure.
 */
import type { DataOf } from '@xanthus/proto';
import type { CostLine, CostReport, costsView, Price } from '@xanthus/proto/vps';

export type CostRow = DataOf<typeof costsView>;
type Period = CostRow['periods'][number];

const HOUR = 3_600_000;
/** Digits after the point while adding. A month of hours at a thousand a piece is still a safe integer. */
const SCALE = 10;
/** Of amounts, and of prices per hour. */
const SHOWN = 4;
const SHOWN_HOURLY = 6;
const FOREVER = Number.POSITIVE_INFINITY;
/** Lines of a report; the totals are of all. An answer has to fit into one message. */
const MOST_LINES = 500;

/** Net and gross, in the same unit. */
type Money = readonly [net: number, gross: number];
const NONE: Money = [0, 0];
const plus = (a: Money, b: Money): Money => [a[0] + b[0], a[1] + b[1]];
const minus = (a: Money, b: Money): Money => [a[0] - b[0], a[1] - b[1]];
const most = (a: Money, b: Money): Money => [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
const sumOf = (all: readonly Money[]): Money => all.reduce(plus, NONE);

const units = (text: string): number => Math.round(Number(text) * 10 ** SCALE);
const moneyOf = ({ net, gross }: Price): Money => [units(net), units(gross)];
const shownAs = ([net, gross]: Money, digits: number): Money => { const step = 10 ** (SCALE - digits); return [Math.round(net / step), Math.round(gross / step)]; };
const text = (value: number, digits: number): string => { const unit = 10 ** digits; return `${Math.floor(value / unit)}.${String(value % unit).padStart(digits, '0')}`; };
const priceOf = ([net, gross]: Money, digits: number): Price => ({ net: text(net, digits), gross: text(gross, digits) });

export interface Month { readonly name: string; readonly start: number; readonly end: number }

/** `YYYY-MM`, in UTC. */
const monthOf = (name: string): Month => {
  const [year = 1970, month = 1] = name.split('-').map(Number);
  return { name, start: Date.UTC(year, month - 1), end: Date.UTC(year, month) };
};
const monthBefore = ({ start }: Month): Month => monthOf(new Date(start - 1).toISOString().slice(0, 7));

/** A price over a stretch of time, ms. */
interface Rate { readonly from: number; readonly to: number; readonly hourly: Money; readonly monthly: Money }
interface Storage { readonly from: number; readonly to: number; readonly gigabytes: number; readonly perMonth: Money }
/** A server's prices, read once. */
interface Ledger { readonly row: CostRow; readonly now: Period; readonly since: number; readonly until: number; readonly server: readonly Rate[]; readonly ipv4: readonly Rate[]; readonly storage: readonly Storage[] }

const ledgerOf = (row: CostRow): Ledger | undefined => {
  const now = row.periods.at(-1);
  if (!now) return undefined;
  const until = row.until === null ? FOREVER : Date.parse(row.until);
  const periods = row.periods.filter(p => p.currency === now.currency).map(p => ({ ...p, start: Date.parse(p.from), end: Math.min(until, p.to === null ? FOREVER : Date.parse(p.to)) }));
  const rate = (p: (typeof periods)[number], of: { readonly hourly: Price; readonly monthly: Price }): Rate => ({ from: p.start, to: p.end, hourly: moneyOf(of.hourly), monthly: moneyOf(of.monthly) });
  return {
    row, now, since: Date.parse(row.since), until,
    server: periods.map(p => rate(p, p)), ipv4: periods.flatMap(p => (p.ipv4 ? [rate(p, p.ipv4)] : [])),
    storage: row.snapshots.flatMap(s => periods.flatMap(p => (p.snapshot_gb_month
      ? [{ from: Math.max(p.start, Date.parse(s.from)), to: Math.min(p.end, s.to === null ? FOREVER : Date.parse(s.to)), gigabytes: s.bytes / 1e9, perMonth: moneyOf(p.snapshot_gb_month) }] : []))),
  };
};

/** How many hours of a server that runs since then start in [from, to). */
const hoursIn = (since: number, from: number, to: number): number =>
  (to <= from ? 0 : Math.ceil((to - since) / HOUR) - Math.max(0, Math.ceil((from - since) / HOUR)));

/** What a month has cost until then, with four digits. */
const hourly = (rates: readonly Rate[], since: number, month: Month, until: number): Money => {
  let [net, gross, limit] = [0, 0, NONE];
  for (const { from, to, hourly: price, monthly } of rates) {
    const hours = hoursIn(since, Math.max(from, month.start, since), Math.min(to, month.end, until));
    if (hours <= 0) continue;
    net += price[0] * hours;
    gross += price[1] * hours;
    limit = most(limit, monthly);
  }
  return shownAs([Math.min(net, limit[0]), Math.min(gross, limit[1])], SHOWN);
};

const stored = (storage: readonly Storage[], month: Month, until: number): Money => {
  let [net, gross] = NONE;
  for (const { from, to, gigabytes, perMonth } of storage) {
    const part = gigabytes * Math.max(0, Math.min(to, month.end, until) - Math.max(from, month.start)) / (month.end - month.start);
    net += perMonth[0] * part;
    gross += perMonth[1] * part;
  }
  return shownAs([net, gross], SHOWN);
};

/** What room costs in a whole month. */
export const storagePerMonth = (bytes: number, perGbMonth: Price): Price => {
  const [net, gross] = moneyOf(perGbMonth);
  return priceOf(shownAs([net * bytes / 1e9, gross * bytes / 1e9], SHOWN), SHOWN);
};

interface Spent { readonly server: Money; readonly ipv4: Money; readonly snapshots: Money; readonly all: Money }
const spentBy = (ledger: Ledger, month: Month, until: number): Spent => {
  const server = hourly(ledger.server, ledger.since, month, until);
  const ipv4 = hourly(ledger.ipv4, ledger.since, month, until);
  const snapshots = stored(ledger.storage, month, until);
  return { server, ipv4, snapshots, all: plus(plus(server, ipv4), snapshots) };
};

const current = ({ now }: Ledger): { readonly hourly: Money; readonly monthly: Money } => {
  const with_ = (of: 'hourly' | 'monthly'): Money => (now.ipv4 ? plus(moneyOf(now[of]), moneyOf(now.ipv4[of])) : moneyOf(now[of]));
  return { hourly: with_('hourly'), monthly: with_('monthly') };
};

const lineOf = (ledger: Ledger, month: Month, at: number): CostLine => {
  const { row, now, since, until } = ledger;
  const [soFar, forecast] = [spentBy(ledger, month, at), spentBy(ledger, month, month.end)];
  const both = (part: keyof Spent) => ({ so_far: priceOf(soFar[part], SHOWN), forecast: priceOf(forecast[part], SHOWN) });
  const price = current(ledger);
  const limit = ledger.server.filter(r => hoursIn(since, Math.max(r.from, month.start, since), Math.min(r.to, month.end, at)) > 0).reduce((all, r) => most(all, r.monthly), NONE);
  return {
    id: row.id, name: row.name, provider: row.provider, provider_id: row.provider_id, type: now.type, location: now.location, currency: now.currency, vat_percent: now.vat_percent, since: row.since, until: row.until,
    hourly: priceOf(shownAs(price.hourly, SHOWN_HOURLY), SHOWN_HOURLY), monthly: priceOf(shownAs(price.monthly, SHOWN), SHOWN),
    ...both('all'), server: both('server'), ipv4: both('ipv4'), snapshots: both('snapshots'),
    hours: hoursIn(since, Math.max(month.start, since), Math.min(until, month.end, at)), capped: limit[0] > 0 && soFar.server[0] >= shownAs(limit, SHOWN)[0],
  };
};

/** Of the days of a month: what each adds to it. */
const daysOf = (ledgers: readonly Ledger[], currency: string, month: Month, at: number): CostReport['days'] => {
  const days: CostReport['days'] = [];
  let before = NONE;
  for (let start = month.start; start < month.end; start += 24 * HOUR) {
    const end = start + 24 * HOUR;
    const until = sumOf(ledgers.map(l => spentBy(l, month, end).all));
    const day = priceOf(minus(until, before), SHOWN);
    days.push({ day: new Date(start).toISOString().slice(0, 10), currency, ...day, forecast: end > at });
    before = until;
  }
  return days;
};

const dearestFirst = (a: CostLine, b: CostLine): number => {
  const [x, y] = [Number(a.forecast.gross), Number(b.forecast.gross)];
  return x === y ? a.name.localeCompare(b.name) : y - x;
};

/** The costs of a month, as of `at`; this month unless another one is named (`YYYY-MM`). */
export const reportCosts = (rows: readonly CostRow[], at: string, name: string = at.slice(0, 7)): CostReport => {
  const [month, now] = [monthOf(name), Date.parse(at)];
  const before = monthBefore(month);
  const ledgers = rows.flatMap(row => ledgerOf(row) ?? []);
  const shown = ledgers.filter(l => l.since < month.end && (l.until > month.start));
  const currencies = [...new Set(ledgers.filter(l => l.since < month.end && l.until > before.start).map(l => l.now.currency))].sort();
  const inCurrency = (list: readonly Ledger[], currency: string): Ledger[] => list.filter(l => l.now.currency === currency);
  return {
    month: name, as_of: at,
    totals: currencies.map((currency) => {
      const mine = inCurrency(shown, currency);
      const running = mine.filter(l => l.until > now);
      return {
        currency, so_far: priceOf(sumOf(mine.map(l => spentBy(l, month, now).all)), SHOWN), forecast: priceOf(sumOf(mine.map(l => spentBy(l, month, month.end).all)), SHOWN),
        hourly: priceOf(shownAs(sumOf(running.map(l => current(l).hourly)), SHOWN_HOURLY), SHOWN_HOURLY), monthly: priceOf(shownAs(sumOf(running.map(l => current(l).monthly)), SHOWN), SHOWN),
        previous: priceOf(sumOf(inCurrency(ledgers, currency).map(l => spentBy(l, before, before.end).all)), SHOWN), servers: running.length,
      };
    }),
    servers: shown.map(l => lineOf(l, month, now)).sort(dearestFirst).slice(0, MOST_LINES),
    more: Math.max(0, shown.length - MOST_LINES),
    days: currencies.flatMap(currency => daysOf(inCurrency(shown, currency), currency, month, now)),
  };
};
