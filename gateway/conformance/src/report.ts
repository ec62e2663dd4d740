/** Results as a table for people and as JUnit XML for machines. */
import type { Outcome, Result } from './run.js';

const MARK: Readonly<Record<Outcome, string>> = { passed: 'ok', failed: 'FAILED', 'not offered': 'not offered', skipped: 'skipped' };
const areaOf = (name: string): string => name.slice(0, name.indexOf('/'));

/** One line a row, then the sums. */
export const table = (results: readonly Result[]): string => {
  const width = Math.max(0, ...results.map(r => r.name.length));
  const lines = results.map(r => `${MARK[r.outcome].padEnd(11)}  ${r.name.padEnd(width)}  ${r.outcome === 'skipped' ? '' : `${String(r.ms).padStart(6)} ms`}${r.detail === undefined ? '' : `\n${' '.repeat(13)}${r.detail}`}`.trimEnd());
  return [...lines, '', summary(results)].join('\n');
};

export const count = (results: readonly Result[], outcome: Outcome): number => results.filter(r => r.outcome === outcome).length;
export const summary = (results: readonly Result[]): string =>
  `${results.length} rows: ${(['passed', 'failed', 'not offered', 'skipped'] as const).map(o => `${count(results, o)} ${o}`).join(', ')}`;

/** One suite an area. What is not offered is a failure of its own type; what could not be tried is skipped. */
export const junit = (results: readonly Result[]): string => {
  const suites = [...new Set(results.map(r => areaOf(r.name)))].map((area) => {
    const own = results.filter(r => areaOf(r.name) === area);
    const attributes = `name="${escape(area)}" tests="${own.length}" failures="${count(own, 'failed') + count(own, 'not offered')}" skipped="${count(own, 'skipped')}" time="${seconds(own.reduce((sum, r) => sum + r.ms, 0))}"`;
    return `  <testsuite ${attributes}>\n${own.map(testcase).join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gateway conformance">\n${suites.join('\n')}\n</testsuites>\n`;
};

const testcase = ({ name, outcome, ms, detail = '' }: Result): string => {
  const head = `    <testcase classname="conformance.${escape(areaOf(name))}" name="${escape(name)}" time="${seconds(ms)}"`;
  if (outcome === 'passed') return `${head}/>`;
  const body = outcome === 'skipped' ? `<skipped message="${escape(detail)}"/>` : `<failure type="${outcome === 'failed' ? 'broken' : 'not offered'}" message="${escape(detail)}"/>`;
  return `${head}>${body}</testcase>`;
};

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);
const escape = (text: string): string => [...text].filter(c => c >= ' ' || c === '\n' || c === '\t').join('')
  .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\n', '&#10;');
