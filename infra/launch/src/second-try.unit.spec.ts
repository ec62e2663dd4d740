/** Which suites `npm test` runs a second time, and what then counts. */
import { describe, expect, it } from '@jest/globals';

interface Suite { readonly kind: string; readonly path: string; readonly tests: number; readonly passed: number; readonly failed: number; readonly skipped: number; readonly faults: readonly { readonly test: string; readonly message: string }[] }
interface SecondTry {
  suitesOf(kind: string, result: object): Suite[];
  sumOf(suites: readonly Suite[]): object;
  triedAgain(suites: readonly Suite[]): Suite[];
  judge(first: Suite, again: Suite | undefined, code: number): object;
}
const { judge, suitesOf, sumOf, triedAgain } = await import(new URL('../bin/support/second-try.mjs', import.meta.url).href) as SecondTry;

/** As Jest writes it; a test is `ok`, `no` or `skip`. */
const suite = (name: string, tests: readonly ('ok' | 'no' | 'skip')[], o: { kind?: string; broken?: string } = {}): Suite => {
  const status = { ok: 'passed', no: 'failed', skip: 'pending' };
  const assertionResults = tests.map((t, i) => ({ status: status[t], fullName: `test ${i}`, failureMessages: t === 'no' ? ['\u001B[31mexpected 200\u001B[39m\n  at a line'] : [] }));
  const failed = tests.includes('no') || o.broken !== undefined;
  const [found] = suitesOf(o.kind ?? 'int', { testResults: [{ name, status: failed ? 'failed' : 'passed', message: o.broken ?? '', assertionResults }] });
  if (found === undefined) throw new Error('no suite');
  return found;
};

describe('a second try', () => {
  it('counts the tests of a file, and a file that broke without a failed test as one', () => {
    const red = suite('a', ['ok', 'no', 'skip']);
    expect(red).toMatchObject({ tests: 3, passed: 1, failed: 1, skipped: 1, faults: [{ test: 'test 1', message: 'expected 200\n  at a line' }] });
    const broken = suite('b', ['ok', 'ok'], { broken: 'afterAll threw' });
    expect(broken).toMatchObject({ passed: 2, failed: 1, faults: [{ test: 'the file itself', message: 'afterAll threw' }] });
    expect(sumOf([red, broken])).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });

  it('is for three suites of a run at most, and never for unit tests', () => {
    const [a, b, c] = [suite('a', ['no']), suite('b', ['no'], { kind: 'e2e' }), suite('c', [], { broken: 'gone' })];
    const unit = suite('u', ['no'], { kind: 'unit' });
    expect(triedAgain([a, suite('green', ['ok']), unit, b, c])).toEqual([a, b, c]);
    expect(triedAgain([a, b, c, suite('d', ['no'])])).toEqual([]);
    expect(triedAgain([unit])).toEqual([]);
  });

  it('replaces what the first run counted', () => {
    const first = suite('a', ['ok', 'no', 'no', 'skip']);
    expect(judge(first, suite('a', ['ok', 'ok', 'ok', 'skip']), 0)).toEqual({ green: true, passed: 3, failed: 0 });
    expect(judge(first, suite('a', ['ok', 'no', 'ok', 'skip']), 1)).toEqual({ green: false, passed: 2, failed: 1 });
    expect(judge(suite('a', [], { broken: 'gone' }), suite('a', ['ok', 'skip']), 0)).toEqual({ green: true, passed: 1, failed: 0 });
  });

  it('that proved nothing leaves the first run standing', () => {
    const first = suite('a', ['ok', 'no']);
    const stands = { green: false, passed: 1, failed: 1 };
    expect(judge(first, undefined, 1)).toEqual(stands);
    expect(judge(first, suite('a', ['ok', 'skip']), 0)).toEqual(stands);
    expect(judge(first, suite('a', ['ok']), 0)).toEqual(stands);
    expect(judge(first, suite('a', ['ok', 'ok']), 1)).toEqual(stands);
  });
});
