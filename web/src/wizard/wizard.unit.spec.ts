import { describe, expect, it } from '@jest/globals';
import { setUpView } from '@xanthus/proto/vps';
import type { Catalogue, ProviderImage, ServerOffer, ServerType, SetUp } from '../contracts.js';
import { attemptFor, choose, EMPTY_DRAFT, furthest, nextOne, readDraft, readWizardSearch, stepAt, stepsFor, STEPS, type Draft } from './draft.js';
import { nameFault, suggestServerName } from './names.js';
import { catalogueChanges, costOf, describeType, placeRows, refusedSince, typeRows, withoutRefused } from './offers.js';
import { fittingImages, imageOf, offered, orderOf, portOf } from './review-model.js';
import { placeOf } from './wizard-problem.js';

const price = (net: string, gross: string) => ({ net, gross });
const offer = (location: string, monthly: string, change: Partial<ServerOffer> = {}): ServerOffer => ({ location, available: true, hourly: price('0.006', '0.00714'), monthly: price(monthly, monthly), ...change });
const type = (name: string, change: Partial<ServerType>): ServerType => ({ name, description: name, architecture: 'x86', cpus: 2, cpu_kind: 'shared', memory_bytes: 4e9, disk_bytes: 40e9, offers: [], ...change });
const pricing: Catalogue['pricing'] = {
  currency: 'EUR', vat_percent: '19.00', snapshot_gb_month: null,
  ipv4: [{ location: 'fsn1', hourly: price('0.0008', '0.000952'), monthly: price('0.50', '0.595') }],
};
const cx22 = type('cx22', { offers: [offer('fsn1', '3.79'), offer('hel1', '3.79')] });
const cx32 = type('cx32', { cpus: 4, memory_bytes: 8e9, offers: [offer('fsn1', '6.80')] });
const cax11 = type('cax11', { architecture: 'arm', offers: [offer('fsn1', '3.29', { available: false, reason: 'Sold out for now.' }), offer('hel1', '3.29')] });
const cx11 = type('cx11', { cpus: 1, memory_bytes: 2e9, offers: [offer('fsn1', '3.00', { deprecated: { announced: '2026-01-01T00:00:00Z', unavailable_after: '2026-12-31T00:00:00Z' } })] });
const catalogue: Catalogue = { as_of: '2026-11-21T14:00:00.000Z', provider: 'p1', pricing, types: [cx32, cx22, cax11, cx11] };
const NOW = Date.parse('2026-11-21T14:00:00Z');
const CITIES = new Map([['fsn1', 'Falkenstein'], ['hel1', 'Helsinki']]);
const rows = (filter: Partial<Parameters<typeof typeRows>[2]> = {}, now = NOW) => typeRows(catalogue, 'fsn1', { arch: undefined, sort: 'price', desc: false, ...filter }, CITIES, now);
const names = (of: ReturnType<typeof rows>): string[] => of.map(r => r.type.name);
const whole: Draft = { ...EMPTY_DRAFT, kind: 'hetzner', account: 'p1', location: 'fsn1', type: 'cx22', name: 'web-1' };

describe('the draft of a server', () => {
  it('opens what hangs on a choice again when it is chosen anew', () => {
    expect(choose(whole, { kind: 'sandbox', account: 's1' })).toMatchObject({ kind: 'sandbox', account: 's1', location: '', type: '', name: 'web-1' });
    expect(choose(whole, { account: 'p2' })).toMatchObject({ account: 'p2', location: '', type: '' });
    expect(choose(whole, { location: 'hel1' })).toMatchObject({ location: 'hel1', type: 'cx22', seen: '' });
    expect(choose(whole, { kind: 'hetzner', account: 'p1' })).toEqual(whole);
  });
  it('is read back from a session as far as it makes sense', () => {
    expect(readDraft(JSON.stringify(whole))).toEqual(whole);
    expect([null, '', 'no json', '[]', '7'].map(readDraft)).toEqual(Array.from({ length: 5 }, () => EMPTY_DRAFT));
    expect(readDraft('{"name": 7, "ssh_keys": ["a", 1], "type": "cx22", "key": "secret"}')).toEqual({ ...EMPTY_DRAFT, type: 'cx22', ssh_keys: ['a'] });
  });
  it('begins another server like the last one, under another name', () => expect(nextOne({ ...whole, seen: '4.39', port: '2222' })).toEqual({ ...whole, name: '', seen: '', port: '2222' }));
  it('leads to the first question without an answer', () => {
    expect(furthest(EMPTY_DRAFT, STEPS)).toBe('provider');
    expect(furthest({ ...EMPTY_DRAFT, kind: 'hetzner' }, STEPS)).toBe('key');
    expect(furthest(whole, STEPS)).toBe('review');
  });
  it('goes back to any step, and forward to none that hangs on what is missing', () => {
    expect(stepAt('location', whole, STEPS)).toBe('location');
    expect(stepAt('review', { ...whole, type: '' }, STEPS)).toBe('type');
    expect(stepAt(undefined, whole, STEPS)).toBe('provider');
  });
  it('asks for no account where no key is needed', () => {
    const steps = stepsFor({ key: null });
    expect(steps).not.toContain('key');
    expect(stepAt('key', { ...EMPTY_DRAFT, kind: 'sandbox', account: 's1' }, steps)).toBe('location');
  });
  it('reads an address bar without trusting it', () => {
    expect(readWizardSearch({ step: 'type', arch: 'arm', sort: 'memory', desc: true })).toEqual({ step: 'type', arch: 'arm', sort: 'memory', desc: true });
    expect(readWizardSearch({ step: 'nonsense', arch: 'mips', sort: 'price', desc: 'no' })).toEqual({});
  });
  it('sends the same order under the same key, and another one under another', () => {
    let n = 0;
    const fresh = (): string => `k${++n}`;
    const first = attemptFor(undefined, { name: 'a' }, fresh);
    expect(attemptFor(first, { name: 'a' }, fresh)).toBe(first);
    expect(attemptFor(first, { name: 'b' }, fresh).key).not.toBe(first.key);
  });
});

describe('types', () => {
  it('are sorted by price, CPU and memory, both ways; what can’t be had comes last and says why', () => {
    expect(names(rows())).toEqual(['cx11', 'cx22', 'cx32', 'cax11']);
    expect(names(rows({ desc: true }))).toEqual(['cx32', 'cx22', 'cx11', 'cax11']);
    expect(names(rows({ sort: 'cpus' }))).toEqual(['cx11', 'cx22', 'cx32', 'cax11']);
    expect(names(rows({ sort: 'memory', desc: true }))).toEqual(['cx32', 'cx22', 'cx11', 'cax11']);
    expect(rows().at(-1)?.blocked).toBe('Sold out for now. Available in Helsinki.');
  });
  it('are described as they are sold', () => {
    expect(describeType({ ...cx22, memory_bytes: 4 * 2 ** 30 })).toBe('2 CPUs · 4 GiB memory · 40 GB disk');
    expect(describeType({ ...cx22, cpus: 1, cpu_kind: 'dedicated', memory_bytes: 2 ** 29, disk_bytes: 1.5e12 })).toBe('1 dedicated CPU · 512 MiB memory · 1.5 TB disk');
  });
  it('are filtered by architecture', () => expect(names(rows({ arch: 'arm' }))).toEqual(['cax11']));
  it('say when they are not sold any more', () => {
    expect(rows().find(r => r.type.name === 'cx11')?.deprecated).toBe('Sold until 31 Dec 2026');
    expect(rows({}, Date.parse('2027-01-02')).find(r => r.type.name === 'cx11')).toMatchObject({ blocked: expect.stringContaining('No longer sold.'), deprecated: undefined });
  });
  it('say when a location has none of them', () => {
    const there = typeRows(catalogue, 'hel1', { arch: undefined, sort: 'price', desc: false }, CITIES, NOW);
    expect(there.find(r => r.type.name === 'cx32')).toMatchObject({ blocked: 'Not sold at this location. Available in Falkenstein.', cost: undefined });
  });
  it('cost what server and address cost together', () => {
    expect(costOf(cx22.offers[0] as ServerOffer, pricing).monthly).toEqual({ net: '4.29', gross: '4.385' });
    expect(costOf(cx22.offers[1] as ServerOffer, pricing)).toMatchObject({ monthly: { net: '3.79' }, ipv4: undefined });
  });
});

describe('places', () => {
  const location = (name: string) => ({ name, description: name, city: name, country: 'DE' });
  it('say from when on they cost, and that nothing is left', () => {
    const found = placeRows([location('ash'), location('fsn1')], catalogue);
    expect(found.map(r => [r.location.name, r.from?.net, r.blocked])).toEqual([['fsn1', '3.5', undefined], ['ash', undefined, 'Nothing can be ordered here now.']]);
  });
  it('say nothing as long as nothing is known', () => expect(placeRows([location('ash')], undefined)).toEqual([{ location: location('ash'), from: undefined, blocked: undefined }]));
});

describe('what changed while somebody was choosing', () => {
  const changed = (change: Partial<ServerOffer>): Catalogue => ({ ...catalogue, types: [{ ...cx22, offers: [offer('fsn1', '3.79', change)] }, cx32] });
  it('is told in sentences', () => {
    expect(catalogueChanges(catalogue, changed({ available: false }), 'fsn1')).toEqual(['cx22 is sold out now.']);
    expect(catalogueChanges(changed({ available: false }), catalogue, 'fsn1')).toEqual(['cx22 can be ordered again.']);
    expect(catalogueChanges(catalogue, changed({ monthly: price('4.00', '4.00') }), 'fsn1')).toEqual(['cx22 now costs €4.60 a month, instead of €4.39.']);
  });
  it('is nothing at other places, or of another account', () => {
    expect(catalogueChanges(catalogue, changed({ available: false }), 'hel1')).toEqual([]);
    expect(catalogueChanges(catalogue, { ...changed({ available: false }), provider: 'p2' }, 'fsn1')).toEqual([]);
  });
});

describe('an order that was refused as sold out', () => {
  const failed = (change: Partial<SetUp>): SetUp => ({ ...setUpView.example as SetUp, server: 's1', state: 'failed', problem: { code: 'PROVIDER.SOLD_OUT', message: '' }, changed_at: '2026-11-21T14:00:01.000Z', ...change });
  const servers = new Map([['s1', { provider_id: 'p1', type: 'cx22', location: 'fsn1' }]]);
  it('is known before the lists are', () => {
    const refused = refusedSince(catalogue, [failed({})], servers);
    expect([...refused]).toEqual(['cx22 fsn1']);
    const row = typeRows(withoutRefused(catalogue, refused), 'fsn1', { arch: undefined, sort: 'price', desc: false }, CITIES, NOW).find(r => r.type.name === 'cx22');
    expect(row?.blocked).toBe('Sold out: an order was refused a moment ago. Available in Helsinki.');
  });
  it('counts no longer than until the lists are asked again, for this account, and for this reason', () => {
    expect(refusedSince({ ...catalogue, as_of: '2026-11-21T14:00:02.000Z' }, [failed({})], servers).size).toBe(0);
    expect(refusedSince({ ...catalogue, provider: 'p2' }, [failed({})], servers).size).toBe(0);
    expect(refusedSince(catalogue, [failed({ problem: { code: 'PROVIDER.TIMEOUT', message: '' } }), failed({ state: 'running' })], servers).size).toBe(0);
    expect(withoutRefused(catalogue, new Set())).toBe(catalogue);
  });
});

describe('names', () => {
  it('are judged by their form', () => {
    expect(['web-1', 'a1b', 'X'.repeat(63)].map(nameFault)).toEqual([undefined, undefined, undefined]);
    expect(['ab', '-ab', 'abc-', 'a b c', 'a_bc', 'ünf', 'x'.repeat(64)].map(n => nameFault(n) !== undefined)).not.toContain(false);
    expect(nameFault('a b')).toBe('No spaces: use hyphens.');
  });
  it('are suggested free', () => expect([suggestServerName([]), suggestServerName(['Server-1', 'server-3', 'web'])]).toEqual(['server-1', 'server-2']));
});

describe('the review', () => {
  const image = (ref: string, change: Partial<ProviderImage> = {}): ProviderImage => ({ ref, name: ref, description: ref, os: ref.split('-')[0] ?? '', version: ref.split('-')[1] ?? null, architecture: 'x86', supported: true, deprecated: false, ...change });
  const images = [image('debian-12'), image('ubuntu-24.04'), image('fedora-40', { supported: false }), image('arm', { architecture: 'arm' }), image('debian-13'), image('old', { deprecated: true })];
  it('offers images that fit, the usual one first', () => {
    const fitting = fittingImages(images, cx22);
    expect(fitting.map(i => i.ref)).toEqual(['ubuntu-24.04', 'debian-13', 'debian-12']);
    expect([imageOf({ image: 'debian-12' }, fitting), imageOf({ image: 'fedora-40' }, fitting), imageOf({ image: '' }, [])]).toEqual(['debian-12', 'ubuntu-24.04', '']);
  });
  it('says when the price is another one, or nothing is left', () => {
    expect(offered({ ...whole, seen: '4.385' }, catalogue)).toMatchObject({ changed: undefined, blocked: undefined });
    expect(offered({ ...whole, seen: '4.00' }, catalogue)?.changed).toBe('The price is another one now: €4.39 a month, instead of €4.00.');
    expect(offered({ ...whole, type: 'cax11' }, catalogue)?.blocked).toBe('Sold out for now.');
    expect(offered(whole, undefined)).toBeUndefined();
  });
  it('orders what was shown, at the price that was shown', () => {
    const found = offered(whole, catalogue);
    expect(orderOf({ ...whole, port: '2222', ssh_keys: ['k1'] }, 'ubuntu-24.04', 'Europe/Berlin', found?.cost, 'EUR')).toEqual({
      provider: 'p1', name: 'web-1', location: 'fsn1', type: 'cx22', image: 'ubuntu-24.04', time_zone: 'Europe/Berlin', ssh_port: 2222, ssh_keys: ['k1'], price: { currency: 'EUR', hourly: '0.008092', monthly: '4.385' },
    });
  });
  it('takes a port only if it is one', () => expect(['22', '0', '65536', '', '8022'].map(port => portOf({ port }))).toEqual([22, undefined, undefined, undefined, 8022]));
});

describe('a refusal', () => {
  it('leads to the step where something can be done', () => {
    expect(placeOf('PROVIDER.SOLD_OUT', STEPS)?.step).toBe('type');
    expect(placeOf('PROVIDER.KEY_REFUSED', STEPS)?.step).toBe('key');
    expect(placeOf('PROVIDER.KEY_REFUSED', stepsFor({ key: null }))?.step).toBe('provider');
    expect(placeOf('PROVIDER.RATE_LIMITED', STEPS)).toBeUndefined();
  });
});
