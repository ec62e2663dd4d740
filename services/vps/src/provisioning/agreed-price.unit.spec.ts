import { describe, expect, it } from '@jest/globals';
import type { ProviderPricing, ServerTypeOffer } from '@xanthus/proto/vps';
import { isDearer, priceAt } from './agreed-price.js';

const price = (net: string, gross: string) => ({ net, gross });
const pricing: ProviderPricing = { currency: 'EUR', vat_percent: '19.00', snapshot_gb_month: null, ipv4: [{ location: null, hourly: price('0.0008', '0.000952'), monthly: price('0.50', '0.595') }, { location: 'hel1', hourly: price('0.0001', '0.0002'), monthly: price('0.1', '0.2') }] };
const type: ServerTypeOffer = {
  name: 'cx22', description: 'CX22', architecture: 'x86', cpus: 2, cpu_kind: 'shared', memory_bytes: 4e9, disk_bytes: 4e10,
  offers: ['fsn1', 'hel1'].map(location => ({ location, available: true, hourly: price('0.0060', '0.0071400000000000'), monthly: price('3.79', '4.5101000000000000') })),
};

describe('the price that is agreed', () => {
  it('has VAT and the IPv4 address of that place in it, to the last digit', () => {
    expect(priceAt(pricing, type, 'fsn1')).toEqual({ currency: 'EUR', hourly: '0.008092', monthly: '5.1051' });
    expect(priceAt(pricing, type, 'hel1')).toEqual({ currency: 'EUR', hourly: '0.00734', monthly: '4.7101' });
    expect(priceAt(pricing, type, 'moon')).toBeUndefined();
  });

  it.each([
    [{ monthly: '5.1051' }, false], [{ monthly: '5.10510' }, false], [{ monthly: '5.11' }, false], [{ monthly: '5.10' }, true], [{ hourly: '0.008' }, true], [{ currency: 'USD' }, true],
  ])('is dearer than what was shown: %j', (shown, dearer) => {
    expect(isDearer({ currency: 'EUR', hourly: '0.008092', monthly: '5.1051' }, { currency: 'EUR', hourly: '0.008092', monthly: '5.1051', ...shown })).toBe(dearer);
  });
});
