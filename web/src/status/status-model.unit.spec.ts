import { describe, expect, it } from '@jest/globals';
import { SERVICES, type ServiceHealth } from '@xanthus/proto';
import { readFileSync } from 'node:fs';
import { describeConnection } from '../live/connection.js';
import { releasesOf } from './changelog.js';
import { SERVICE_WORDS, serviceState, verdictOf, type Measured, type ServiceAnswer } from './status-model.js';

const health = (service: string, rest: Partial<ServiceHealth> = {}): ServiceHealth => ({ service, version: '1', started_at: '2026-01-01T00:00:00Z', ready: true, checks: [], lag: 0, last: null, ...rest });
const well = (service: string, rest: Partial<ServiceHealth> = {}): ServiceAnswer => ({ service, ms: 3, health: health(service, rest) });
const silent = (service: string): ServiceAnswer => ({ service, ms: 6_000, code: 'NO_RESPONDERS' });
const of = (...services: ServiceAnswer[]): Measured => ({ gateway_ms: 4, services, at: 0 });

const live = describeConnection({ state: 'live' } as never, undefined, 0, true);
const offline = describeConnection({ state: 'connecting' } as never, 1, 0, false);
const away = describeConnection({ state: 'connecting', retry_at: 5_000 } as never, 1, 0, true);
const hetzner = { name: 'Hetzner', used: 3, limit: 10 };

describe('what is wrong, in a sentence', () => {
  it.each([
    ['everything works', live, of(well('vps'), well('dns')), [], 'ok', /^Everything works/],
    ['the device has no network', offline, of(silent('vps')), [], 'bad', /^It is the network: this device/],
    ['nothing can be reached', away, { services: [silent('vps')], at: 0 }, [], 'bad', /^It is the network or Xanthus/],
    ['only the live connection is away', away, of(silent('vps')), [], 'bad', /^It is the connection/],
    ['a part does not answer', live, of(well('dns'), silent('vps')), [], 'bad', /^It is Xanthus: a part does not work \(Servers\)/],
    ['a part says that it is not ready', live, of(well('vps'), well('dns', { ready: false })), [], 'bad', /\(Domains\)/],
    ['nothing answers', live, of(silent('vps'), silent('dns')), [], 'bad', /none of its services/],
    ['views are behind', live, of(well('vps', { lag: 5_000 })), [], 'warn', /a part is slow \(Servers\)/],
    ['a provider does not answer', live, of(well('vps')), [{ ...hetzner, circuit: 'open' }], 'warn', /^It is the provider: Hetzner does not answer/],
    ['a provider takes no more', live, of(well('vps')), [{ ...hetzner, circuit: 'closed', used: 10 }], 'warn', /^It is the provider: Hetzner takes no more/],
    ['the way is slow', live, { ...of(well('vps')), gateway_ms: 4_000 }, [], 'warn', /^It is the network: the way/],
  ] as const)('%s', (_, connection, measured, providers, tone, title) => {
    const verdict = verdictOf(connection, measured, providers);
    expect([verdict.tone, verdict.title]).toEqual([tone, expect.stringMatching(title)]);
    expect(verdict.lines.length).toBeGreaterThan(0);
  });

  it('blames a part of ours before a provider, and says what still works', () => {
    const { title, lines } = verdictOf(live, of(well('dns'), silent('vps')), [{ ...hetzner, circuit: 'open' }]);
    expect(title).toMatch(/^It is Xanthus/);
    expect(lines).toContain('Everything else works.');
  });

  it('is not alarmed by what one may not ask', () => {
    expect(verdictOf(live, of(well('vps'), { service: 'audit', ms: 1, code: 'DENIED' }), []).tone).toBe('ok');
    expect(serviceState({ service: 'audit', ms: 1, code: 'DENIED' }).word).toBe('You may not ask');
  });

  it('has words for every service', () => {
    expect(Object.keys(SERVICE_WORDS).sort()).toEqual(Object.keys(SERVICES).sort());
  });
});

it('what is new is read from CHANGELOG.md', () => {
  expect(releasesOf('# New\n\n## 2\n\n- a\n- b\n\n## 1 – then\n- c\n')).toEqual([{ title: '2', lines: ['a', 'b'] }, { title: '1 – then', lines: ['c'] }]);
  expect(releasesOf(readFileSync('CHANGELOG.md', 'utf8')).every(r => r.lines.length > 0)).toBe(true);
});
