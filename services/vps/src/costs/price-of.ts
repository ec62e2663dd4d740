import type { ProviderPricing, ServerPrice, ServerTypeOffer } from '@xanthus/proto/vps';

/** What a machine costs by what its provider sells now; undefined: it is not sold there any more, so that the price that it had stays. */
export const priceOf = ({ pricing, types }: { readonly pricing: ProviderPricing; readonly types: readonly ServerTypeOffer[] }, type: string, location: string, hasIpv4: boolean): ServerPrice | undefined => {
  const offer = types.find(t => t.name === type)?.offers.find(o => o.location === location);
  if (!offer) return undefined;
  const address = pricing.ipv4.find(p => p.location === location) ?? pricing.ipv4.find(p => p.location === null);
  return {
    type, location, currency: pricing.currency, vat_percent: pricing.vat_percent, hourly: offer.hourly, monthly: offer.monthly,
    ipv4: hasIpv4 && address ? { hourly: address.hourly, monthly: address.monthly } : null, snapshot_gb_month: pricing.snapshot_gb_month,
  };
};
