import { describe, expect, it } from '@jest/globals';
import type { ServerType } from '../../contracts.js';
import { formatOffset } from '../time-zones.js';
import { limitsProblem, readLimits, showLimits } from './limits.js';
import { sizeRows } from './sizes.js';
import { readTags, sameTags, tagProblem } from './tags.js';

const GB = 1024 ** 3;
const type = (name: string, monthly: string, more: Partial<ServerType> = {}, available = true): ServerType => ({
  name, description: name, architecture: 'x86', cpus: 2, cpu_kind: 'shared', memory_bytes: 4 * GB, disk_bytes: 40 * GB,
  offers: [{ location: 'fsn1', available, ...(available ? {} : { reason: 'Sold out in Falkenstein.' }), hourly: { net: '0.01', gross: '0.01' }, monthly: { net: monthly, gross: monthly } }], ...more,
});
const pricing = { currency: 'EUR', vat_percent: '19', ipv4: [], snapshot_gb_month: null };
const NOW = { type: 'cx22', location: 'fsn1' };

describe('types that a server can become', () => {
  const rows = sizeRows({ pricing, types: [
    type('cx42', '16.40'), type('cax21', '7.00', { architecture: 'arm' }), type('cx32', '6.80'), type('cx22', '3.79'), type('cx52', '32', {}, false), type('tiny', '1', { disk_bytes: 10 * GB }), type('far', '1', { offers: [] }), type('cpx', '3.00'),
  ] }, NOW, 40 * GB);
  it('begin with the present one, then what can be had, cheapest first', () => expect(rows.map(r => r.type.name).slice(0, 4)).toEqual(['cx22', 'cpx', 'cx32', 'cx42']));
  it('say what they change', () => expect(rows.slice(0, 4).map(r => r.difference)).toEqual(['the same price', '€0.79 less', '€3.01 more', '€12.61 more']));
  it('say why not', () => expect(Object.fromEntries(rows.filter(r => r.blocked).map(r => [r.type.name, r.blocked]))).toEqual({
    cx22: 'It is this type.', cax21: 'Another kind of processor (arm): what is installed would not run.', cx52: 'Sold out in Falkenstein.', tiny: 'Its disk of 10.0 GiB is smaller than the present one.', far: 'Not sold at its location.',
  }));
});

describe('tags', () => {
  it('are words, each once', () => expect(readTags(' Web, prod  web,,EU-1 ')).toEqual(['web', 'prod', 'eu-1']));
  it('say what is no tag', () => {
    expect(tagProblem(['web', '-x'])).toMatch(/“-x”/);
    expect(tagProblem(Array.from({ length: 33 }, (_, i) => `t${i}`))).toBe('At most 32 tags.');
    expect(tagProblem([])).toBeUndefined();
  });
  it('are the same in any order', () => expect([sameTags(['a', 'b'], ['b', 'a']), sameTags(['a'], ['a', 'b'])]).toEqual([true, false]));
});

describe('time zones', () => {
  it('are so far from UTC', () => expect([0, 60, 330, -210].map(formatOffset)).toEqual(['UTC+0', 'UTC+1', 'UTC+5:30', 'UTC−3:30']));
});

describe('limits of alerts', () => {
  it('are what was typed, empty as for all servers', () => {
    expect(readLimits({ disk: ' 95 % ', load: '1,5', off: ['load', 'clock'] })).toEqual({ disk: 0.95, load: 1.5, off: ['clock', 'load'] });
    expect(readLimits({ disk: '', load: ' ', off: [] })).toEqual({});
    expect(showLimits({ disk: 0.95 })).toEqual({ disk: '95', load: '', off: [] });
  });
  it('say what is no limit', () => expect(limitsProblem({ disk: '100', load: 'x', off: [] })).toEqual({ disk: '50 to 99.', load: '0.5 to 100.' }));
});
