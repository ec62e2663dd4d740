import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import type { ProviderPricing, ServerPrice, ServerTypeOffer } from '@xanthus/proto/vps';
import { serverDecider } from '../server/server.decide.js';
import { adopted, deleted } from '../server/server.fixtures.js';
import type { ServerEvent } from '../server/server.js';
import { priceOf } from './price-of.js';

const price = (net: string) => ({ net, gross: net });
const TYPES: readonly ServerTypeOffer[] = [{
  name: 'cx23', description: 'CX23', architecture: 'x86', cpus: 2, cpu_kind: 'shared', memory_bytes: 1, disk_bytes: 1,
  // Sold out says nothing about what those that run cost.
  offers: [{ location: 'fsn1', available: false, reason: 'Sold out.', hourly: price('0.0048'), monthly: price('2.99') }],
}];
const PRICING: ProviderPricing = { currency: 'EUR', vat_percent: '19', ipv4: [{ location: null, hourly: price('1'), monthly: price('2') }, { location: 'fsn1', hourly: price('3'), monthly: price('4') }], snapshot_gb_month: null };
const CX23: ServerPrice = { type: 'cx23', location: 'fsn1', currency: 'EUR', vat_percent: '19', hourly: price('0.0048'), monthly: price('2.99'), ipv4: { hourly: price('3'), monthly: price('4') }, snapshot_gb_month: null };

describe('a price', () => {
  it('is that of type and location, with the address of that place', () => expect(priceOf({ pricing: PRICING, types: TYPES }, 'cx23', 'fsn1', true)).toEqual(CX23));
  it('has no address where the machine has none', () => expect(priceOf({ pricing: PRICING, types: TYPES }, 'cx23', 'fsn1', false)?.ipv4).toBeNull());
  it.each([['cx23', 'hel1'], ['cx99', 'fsn1']])('of %s in %s is not known', (type, location) => expect(priceOf({ pricing: PRICING, types: TYPES }, type, location, true)).toBeUndefined());
});

describe('a price that is seen', () => {
  const at = (day: string): string => `2026-11-${day}T00:00:00.000Z`;
  const seen = (day: string, change: Partial<ServerPrice> = {}) => ({ type: 'ObservePrice', data: { ...CX23, ...change, at: at(day) } }) as const;
  const priced = (day: string, change: Partial<ServerPrice> = {}): ServerEvent => ({ type: 'ServerPriced', data: { ...CX23, ...change, at: at(day) } });
  const after = (...events: ServerEvent[]) => given(serverDecider, [...adopted, ...events]);

  it('is told once', () => {
    expect(after().when(seen('01')).then()).toEqual([priced('01')]);
    expect(after(priced('01')).when(seen('02')).then()).toEqual([]);
  });
  it('is told when it differs, and never counts from before the one that it follows', () => {
    expect(after(priced('05')).when(seen('07', { monthly: price('3.99') })).then()).toEqual([priced('07', { monthly: price('3.99') })]);
    expect(after(priced('05')).when(seen('01', { type: 'cx33' })).then()).toEqual([priced('05', { type: 'cx33' })]);
  });
  it('says nothing of a server that is gone', () => expect(given(serverDecider, deleted).when(seen('01')).then()).toEqual([]));
});
