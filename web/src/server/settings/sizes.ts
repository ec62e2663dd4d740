/** Which types a server can become, and what that does to its price. Pure. */
import type { Catalogue, ServerType } from '../../contracts.js';
import { formatBytes } from '../../lib/format.js';
import { compareAmounts, formatMoney } from '../../lib/money.js';
import { t } from '../../texts/text.js';
import { costOf, findOffer } from '../../wizard/offers.js';

export interface SizeRow {
  readonly type: ServerType;
  /** Per month at most, with VAT and IPv4. */
  readonly monthly: string | undefined;
  /** `€2.38 more`, `€1.20 less`, `the same price`. */
  readonly difference: string | undefined;
  /** Why it can't be chosen; undefined: it can. */
  readonly blocked: string | undefined;
  readonly current: boolean;
}

const minus = (a: string, b: string): string => (Math.round((Number(a) - Number(b)) * 10_000) / 10_000).toFixed(4);

const differenceOf = (now: string, then: string, currency: string): string => {
  const d = compareAmounts(then, now);
  return d === 0 ? t('the same price') : d > 0 ? t('{minus} more', { minus: formatMoney(minus(then, now), currency) }) : t('{minus} less', { minus: formatMoney(minus(now, then), currency) });
};

/** Cheapest first; those that can't be chosen last. Empty while the type of the server is not known. */
export const sizeRows = ({ types, pricing }: Pick<Catalogue, 'types' | 'pricing'>, now: { readonly type: string; readonly location: string }, disk_bytes: number): readonly SizeRow[] => {
  const present = findOffer(types, now.type, now.location);
  const paid = present && costOf(present.offer, pricing).monthly.gross;
  return types.map((type): SizeRow => {
    const offer = type.offers.find(o => o.location === now.location);
    const monthly = offer && costOf(offer, pricing).monthly.gross;
    const blocked = type.name === now.type ? t('It is this type.')
      : present && type.architecture !== present.type.architecture ? t('Another kind of processor ({architecture}): what is installed would not run.', { architecture: type.architecture })
        : !offer ? t('Not sold at its location.')
          : !offer.available ? offer.reason ?? t('Sold out at its location.')
            : type.disk_bytes > 0 && type.disk_bytes < disk_bytes ? t('Its disk of {disk_bytes} is smaller than the present one.', { disk_bytes: formatBytes(type.disk_bytes) }) : undefined;
    return { type, monthly, difference: monthly !== undefined && paid !== undefined ? differenceOf(paid, monthly, pricing.currency) : undefined, blocked, current: type.name === now.type };
  }).sort((a, b) => Number(b.current) - Number(a.current) || Number(a.blocked !== undefined) - Number(b.blocked !== undefined)
    || (a.monthly !== undefined && b.monthly !== undefined ? compareAmounts(a.monthly, b.monthly) : Number(a.monthly === undefined) - Number(b.monthly === undefined)) || a.type.name.localeCompare(b.type.name));
};
