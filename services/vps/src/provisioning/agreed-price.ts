/** What a server costs, as a person agrees to it: with VAT and its public IPv4 address. Decimal text, since prices have fractions that binary numbers can't hold. */
import type { AgreedPrice, ProviderPricing, ServerTypeOffer } from '@xanthus/proto/vps';

const SCALE = 20;
const scaled = (amount: string): bigint => {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
};
const text = (amount: bigint): string => {
  const digits = amount.toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
};
const sum = (a: string, b: string): string => text(scaled(a) + scaled(b));

/** undefined: it is not sold there, or costs nothing that is known. */
export const priceAt = (pricing: ProviderPricing, type: ServerTypeOffer, location: string): AgreedPrice | undefined => {
  const offer = type.offers.find(o => o.location === location);
  if (!offer) return undefined;
  const ipv4 = pricing.ipv4.find(p => p.location === location) ?? pricing.ipv4.find(p => p.location === null);
  return { currency: pricing.currency, hourly: sum(offer.hourly.gross, ipv4?.hourly.gross ?? '0'), monthly: sum(offer.monthly.gross, ipv4?.monthly.gross ?? '0') };
};

/** Is it more than what was shown? Another currency always is. */
export const isDearer = (now: AgreedPrice, shown: AgreedPrice): boolean => now.currency !== shown.currency || scaled(now.monthly) > scaled(shown.monthly) || scaled(now.hourly) > scaled(shown.hourly);
