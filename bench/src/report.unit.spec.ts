import { describe, expect, it } from '@jest/globals';
import { latencyOf, quantile, timeEach } from './measure.js';
import { sectionOf, tableOf, withSection } from './report.js';

const stamp = { date: '2026-11-21', commit: 'abc', machine: 'two cores', command: 'npm run bench' };
const rows = [{ what: 'append', unit: 'ms', ours: 0.3, ours_p99: 1_234.5, raw: 0.25, raw_p99: 1, ratio: 1.2, spread: [1.1, 1.3], budget: '≤ 1.5 × raw', met: true }] as const;

describe('a result', () => {
  it('is a table', () => {
    expect(tableOf(rows).split('\n')[2]).toBe('| append | 0.30 / 1,235 ms | 0.25 / 1.00 ms | 1.20 (1.10–1.30) | ≤ 1.5 × raw | met |');
    expect(tableOf([{ what: 'x', unit: 's', ours: 12, met: false, budget: '≤ 5 s' }])).toContain('| x | 12.0 s | – | – | ≤ 5 s | **missed** |');
  });

  it('takes the place of the one before, in the order of the numbers', () => {
    const section = (id: string, title: string): string => sectionOf(id, title, { rows, notes: ['a note'] }, stamp, undefined);
    let text = '# Results\n\nHow to read them.\n';
    for (const id of ['p9', 'p14', 'p1']) text = withSection(text, id, section(id, 'first'));
    text = withSection(text, 'p1', section('p1', 'second'));
    expect(text.match(/^## .*$/gm)).toEqual(['## P1: second', '## P9: first', '## P14: first']);
    expect(text.startsWith('# Results\n\nHow to read them.\n\n## P1')).toBe(true);
    expect(withSection(text, 'p9', section('p9', 'first'))).toBe(text);
  });
});

describe('measuring', () => {
  it('takes nearest ranks', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile(hundred, 1), quantile([7], 0.5)]).toEqual([50, 99, 100, 7]);
    expect(latencyOf(hundred)).toEqual({ p50: 50, p99: 99 });
  });

  it('keeps so many in flight and makes each call once', async () => {
    let now = 0;
    let most = 0;
    const seen: number[] = [];
    await timeEach(50, 8, async i => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      seen.push(i);
      now--;
    });
    expect(most).toBe(8);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});
