/** What the review shows and what is sent in the end. Pure. */
import type { InputOf } from '@xanthus/proto';
import type { Catalogue, createServer, ProviderImage, ServerType } from '../contracts.js';
import { compareAmounts, formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';
import type { Draft } from './draft.js';
import { costOf, findOffer, type Cost } from './offers.js';

/** What the command takes when nothing is chosen. */
const USUAL = 'ubuntu-24.04';

/** Images that our set-up is made for and that fit the type; the usual one first. */
export const fittingImages = (images: readonly ProviderImage[], type: Pick<ServerType, 'architecture'> | undefined): readonly ProviderImage[] =>
  images.filter(i => i.supported && !i.deprecated && (!type || i.architecture === type.architecture))
    .sort((a, b) => Number(b.ref === USUAL || b.name === USUAL) - Number(a.ref === USUAL || a.name === USUAL) || a.os.localeCompare(b.os) || (b.version ?? '').localeCompare(a.version ?? '', 'en', { numeric: true }));

/** The chosen one as long as it fits, else the usual one. */
export const imageOf = (draft: Pick<Draft, 'image'>, fitting: readonly ProviderImage[]): string => fitting.find(i => i.ref === draft.image)?.ref ?? fitting[0]?.ref ?? '';

export interface Offered { readonly type: ServerType; readonly cost: Cost; /** Why it can't be ordered now. */ readonly blocked: string | undefined; /** That the price is another one than when it was chosen. */ readonly changed: string | undefined }

export const offered = (draft: Draft, catalogue: Catalogue | undefined): Offered | undefined => {
  const found = catalogue && findOffer(catalogue.types, draft.type, draft.location);
  if (!found) return undefined;
  const cost = costOf(found.offer, catalogue.pricing);
  const { currency } = catalogue.pricing;
  return {
    type: found.type, cost,
    blocked: found.offer.available ? undefined : found.offer.reason ?? t('{type} is sold out here now.', { type: draft.type }),
    changed: draft.seen && compareAmounts(draft.seen, cost.monthly.gross) !== 0 ? t('The price is another one now: {gross} a month, instead of {seen}.', { gross: formatMoney(cost.monthly.gross, currency), seen: formatMoney(draft.seen, currency) }) : undefined,
  };
};

export const portOf = (draft: Pick<Draft, 'port'>): number | undefined => { const port = Number(draft.port); return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined; };

type Wanted = InputOf<typeof createServer>;
/** All but the account: what the machine is told at its first start hangs on it. */
export const wantedOf = (draft: Draft, image: string, zone: string): Omit<Wanted, 'provider' | 'price'> => ({
  name: draft.name.trim(), location: draft.location, type: draft.type, ...(image ? { image } : {}), time_zone: draft.time_zone || zone, ssh_port: portOf(draft) ?? 22, ssh_keys: [...draft.ssh_keys],
});

export const orderOf = (draft: Draft, image: string, zone: string, cost: Cost | undefined, currency: string | undefined): Wanted => ({
  provider: draft.account, ...wantedOf(draft, image, zone), ...(cost && currency ? { price: { currency, hourly: cost.hourly.gross, monthly: cost.monthly.gross } } : {}),
});
