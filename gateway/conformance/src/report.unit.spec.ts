import { describe, expect, it } from '@jest/globals';
import { parseArguments } from './arguments.js';
import { junit, table } from './report.js';
import type { Row } from './row.js';
import { runConformance, type Result } from './run.js';

const results: Result[] = [
  { name: 'sub/is live', outcome: 'passed', ms: 12 },
  { name: 'sub/<&">', outcome: 'failed', ms: 1_500, detail: 'expected "a" & got <b>\u0000' },
  { name: 'durable/x', outcome: 'not offered', ms: 3, detail: 'BAD_FRAME' },
  { name: 'durable/y', outcome: 'skipped', ms: 0, detail: 'needs a driver' },
];

describe('reports', () => {
  it('has a line a row and the sums', () => {
    const text = table(results);
    expect(text).toContain('4 rows: 1 passed, 1 failed, 1 not offered, 1 skipped');
    expect(text).toMatch(/^FAILED +sub\/<&"> +1500 ms\n +expected "a"/m);
  });

  it('is JUnit: a suite an area, not offered is a failure, text is escaped', () => {
    const xml = junit(results);
    expect(xml).toContain('<testsuite name="sub" tests="2" failures="1" skipped="0" time="1.512">');
    expect(xml).toContain('<testsuite name="durable" tests="2" failures="1" skipped="1" time="0.003">');
    expect(xml).toContain('name="sub/&lt;&amp;&quot;&gt;" time="1.500"><failure type="broken" message="expected &quot;a&quot; &amp; got &lt;b&gt;"/></testcase>');
    expect(xml).toContain('<failure type="not offered" message="BAD_FRAME"/>');
    expect(xml).toContain('<skipped message="needs a driver"/>');
  });
});

describe('the runner', () => {
  const row = (name: string, more: Partial<Row>): Row => ({ name, covers: [], needs: [], run: () => Promise.resolve(), ...more });

  it('says who is missing, what takes too long, and never hangs on a row', async () => {
    const got = await runConformance({
      url: 'ws://127.0.0.1:1', token: 'x',
      rows: [row('a/x', {}), row('a/driver', { needs: ['streams'] }), row('a/long', { seconds: 90 }), row('a/hangs', { seconds: 0.02, run: () => new Promise(() => {}) }), row('a/throws', { lane: 'alone', run: () => Promise.reject(new Error('no')) })],
    });
    expect(got.map(r => [r.name, r.outcome])).toEqual([['a/x', 'passed'], ['a/driver', 'skipped'], ['a/long', 'skipped'], ['a/hangs', 'failed'], ['a/throws', 'failed']]);
    expect(got[1]?.detail).toContain('make streams');
    expect(got[3]?.detail).toContain('not done within');
  });
});

describe('arguments', () => {
  it('needs a url and somebody who can log in', () => {
    expect(parseArguments(['--url', 'ws://h:1', '--token', 'x'])).toMatchObject({ url: 'ws://h:1', token: 'x', list: false });
    expect(parseArguments(['--list']).list).toBe(true);
    for (const argv of [[], ['--url', 'h'], ['--url', 'ws://h:1'], ['--url', 'ws://h', '--token', 'x', '--patience', 'long'], ['--dance']]) expect(() => parseArguments(argv)).toThrow();
  });
});
