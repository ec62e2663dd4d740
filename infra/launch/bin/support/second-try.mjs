// Suites of real servers that failed are run once more, alone, when everything else is over: a machine that stood still for seconds is no fault of the
// product. Why so, why three and why never unit tests: docs/decisions/0014-a-second-try.md

/** So many suites of a whole run may be tried again. More than that is no accident. */
export const MOST = 3;

/** What a run of Jest (its JSON) said of each file. A file that failed without a failed test (it could not be loaded, an afterAll threw) counts as one. */
export const suitesOf = (kind, result) => result.testResults.map(({ name, status, message, assertionResults = [] }) => {
  const count = wanted => assertionResults.filter(a => a.status === wanted).length;
  const broken = status === 'failed' && count('failed') === 0;
  const faults = assertionResults.filter(a => a.status === 'failed').map(a => ({ test: a.fullName, message: plain(a.failureMessages?.[0] ?? '') }));
  return {
    kind, path: name, tests: assertionResults.length, passed: count('passed'), failed: count('failed') + (broken ? 1 : 0), skipped: count('pending'),
    faults: broken ? [{ test: 'the file itself', message: plain(message ?? '') }] : faults,
  };
});

/** The tests of some files together. */
export const sumOf = suites => suites.reduce((sum, { passed, failed, skipped }) => ({ passed: sum.passed + passed, failed: sum.failed + failed, skipped: sum.skipped + skipped }), { passed: 0, failed: 0, skipped: 0 });

/** Those to run again: none if there are too many. Unit tests wait for nothing, so nothing but themselves makes them fail. */
export const triedAgain = (suites) => {
  const failed = suites.filter(s => s.failed > 0 && s.kind !== 'unit');
  return failed.length > MOST ? [] : failed;
};

/**
 * What a second run says of a file. Green: it has judged it in full, that is Jest ended well and nothing is left out that was run before.
 * Its tests then count instead of the first run's, as they do when some failed again; a run that proved nothing leaves the first one standing.
 */
export const judge = (first, again, code) => {
  const green = code === 0 && again !== undefined && again.failed === 0 && again.passed > 0 && (first.tests === 0 || (again.tests >= first.tests && again.skipped <= first.skipped));
  const { passed, failed } = green || again?.failed > 0 ? again : first;
  return { green, passed, failed };
};

/** The beginning of a message, without colours and without the runner's own part of its stack. */
// eslint-disable-next-line no-control-regex
const plain = text => text.replace(/\u001B\[[\d;]*m/g, '').trim().split('\n').filter(line => !/^\s*at .*node_modules.jest/.test(line)).slice(0, 12).join('\n');
