#!/usr/bin/env node
// `npm test`: fetches what the tests need, then runs every check and every test. The last line is `N passed, N failed`.
// Part of it: npm test -- <names of steps>, for example: npm test -- lint unit
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { judge, MOST, suitesOf, sumOf, triedAgain } from './support/second-try.mjs';
import { build, checkNode, install, root, run } from './support/workspace.mjs';

checkNode();
const only = new Set(process.argv.slice(2));
const begun = Date.now();
const say = line => process.stdout.write(`${line}\n`);
const seconds = since => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const total = { passed: 0, failed: 0 };
/** Every test file that was run, and what came of it. */
const suites = [];

await install(say);
process.chdir(root);
const results = join(root, 'node_modules', '.cache', 'xanthus', 'results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const cores = availableParallelism();
const bin = name => join(root, 'node_modules', name);
const runner = join(root, 'infra', 'launch', 'bin', 'run.mjs');

/** A step that either holds or not; its output is shown only if it does not. */
const check = (name, file, args, { loud = false } = {}) => ({
  name,
  go: async () => {
    const { code, output } = loud ? await shown(file, args) : await run(file, args);
    if (code !== 0 && output) say(output.trimEnd());
    total[code === 0 ? 'passed' : 'failed'] += 1;
    return code === 0 ? 'ok' : 'FAILED';
  },
});

const shown = (file, args) => new Promise((resolve) => {
  spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] }).once('error', () => resolve({ code: 127 })).once('close', code => resolve({ code: code ?? 1 }));
});

/** May install for a minute, which is downloading and waiting: it runs beside what needs none of them. */
const programs = check('programs', process.execPath, [runner, 'infra/binaries/src/cli.ts', 'nats-server', 'sshd', 'bwrap', 'chromium'], { loud: true });
const alone = [
  check('lint', process.execPath, [bin('oxlint/bin/oxlint'), '--deny-warnings']),
  check('imports', process.execPath, ['infra/launch/bin/check-imports.mjs']),
  // One program for all that runs on Node: project by project, each reads proto and the libraries once more (200 s of CPU instead of 20).
  check('typecheck', process.execPath, [bin('typescript/bin/tsc'), '-p', 'tsconfig.all.json']),
  check('typecheck-web', process.execPath, [bin('typescript/bin/tsc'), '-p', 'web']),
  check('contracts', process.execPath, [runner, 'proto/tools/generate.ts', '--check']),
  { name: 'build', go: async () => { await build(line => say(`  ${line}`)); total.passed += 1; return 'ok'; } },
  jest('unit', cores),
];
const whole = [
  jest('int', Math.min(cores + 1, 8)), // they wait for servers and processes part of their time
  jest('e2e', Math.min(cores, 4)), // each starts the whole product, most a browser
];
const steps = [programs, ...alone, ...whole];

function jest(kind, workers) {
  return {
    name: kind,
    go: async () => {
      const { code, found } = await runJest(kind, kind, ['--passWithNoTests', '--maxWorkers', String(workers)]);
      if (found === undefined) {
        total.failed += 1;
        return `FAILED: jest ended with code ${code} and no result`;
      }
      suites.push(...found);
      const { passed, failed, skipped } = sumOf(found);
      total.passed += passed;
      total.failed += failed + (code !== 0 && failed === 0 ? 1 : 0);
      return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
    },
  };
}

/** Its exit code, and what it found of each file; undefined if it wrote no result. */
async function runJest(kind, result, args) {
  const file = join(results, `${result}.json`);
  const code = await new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', bin('jest/bin/jest.js'), ...args, '--selectProjects', kind, '--json', '--outputFile', file], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', () => resolve(127));
    child.once('close', c => resolve(c ?? 1));
  });
  try {
    return { code, found: suitesOf(kind, JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    return { code };
  }
}

/** Suites that failed get a second run, each alone; which of them were green then is told, and kept in `unsteady.json`. */
async function secondTry() {
  const failed = suites.filter(s => s.failed > 0 && s.kind !== 'unit');
  const again = triedAgain(suites);
  if (failed.length > again.length) say(`${failed.length} suites failed: more than ${MOST}, so none is run a second time.`);
  const unsteady = [];
  for (const [n, first] of again.entries()) {
    const name = relative(root, first.path);
    say(`second try, alone: ${name} …`);
    const { code, found } = await runJest(first.kind, `second-${n + 1}`, ['--runInBand', '--runTestsByPath', first.path]);
    const second = judge(first, found?.find(s => s.path === first.path), code);
    total.passed += second.passed - first.passed;
    total.failed += second.failed - first.failed;
    say(`second try, alone: ${name}: ${second.green ? 'ok' : 'FAILED again'}`);
    if (second.green) unsteady.push({ kind: first.kind, suite: name, faults: first.faults, first: { passed: first.passed, failed: first.failed }, second: { passed: second.passed, failed: 0 } });
  }
  writeFileSync(join(results, 'unsteady.json'), `${JSON.stringify(unsteady, undefined, 2)}\n`);
  return unsteady;
}

const indented = text => text.split('\n').map(line => `    ${line}`).join('\n');

let endBuild = () => {};
/**
 * The Kubernetes that some tests need is built once for a machine (infra/kubernetes-testbed/README.md): beside everything else, from the beginning. Who needs
 * it waits for it, but not for ever: a slow machine skips those tests this time, and has what was compiled the next time. Resolves when it is begun or not needed.
 */
function buildKubernetes() {
  if (process.env.XANTHUS_TEST_KUBERNETES === 'off' || process.env.XANTHUS_TEST_KUBECONFIG) return undefined;
  process.env.XANTHUS_TEST_KUBERNETES_UNTIL ??= String(begun + 8 * 60_000);
  const child = spawn(process.execPath, [runner, 'infra/kubernetes-testbed/src/cli.ts', 'build', '--low'], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  // With the compiler and all: it leads a group of its own.
  endBuild = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ } };
  process.once('exit', endBuild);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
    child.stderr.on('data', (chunk) => { if (/building/.test(String(chunk))) resolve(); });
  });
}

const unknown = [...only].filter(name => !steps.some(s => s.name === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no step ${unknown.join(', ')}. Steps: ${steps.map(s => s.name).join(' ')}\n`);
  process.exit(2);
}
const chosen = steps.filter(s => only.size === 0 || only.has(s.name));
const inTurn = async (these) => {
  for (const step of these.filter(s => chosen.includes(s))) {
    const since = Date.now();
    const number = `[${chosen.indexOf(step) + 1}/${chosen.length}]`;
    say(`${number} ${step.name} …`);
    say(`${number} ${step.name}: ${await step.go()} (${seconds(since)})`);
  }
};
const kubernetes = whole.some(s => chosen.includes(s)) ? buildKubernetes() : undefined;
await Promise.all([inTurn([programs]), inTurn(alone)]);
await kubernetes;
await inTurn(whole);
endBuild();
const unsteady = await secondTry();
say(`All of it took ${seconds(begun)}.`);
if (unsteady.length > 0) say('UNSTEADY (failed once, passed when run alone):');
for (const { suite, faults } of unsteady) say([`  ${suite}`, ...faults.map(({ test, message }) => indented(`${test}\n${message}`))].join('\n'));
process.exitCode = total.failed > 0 ? 1 : 0;
say(`${total.passed} passed, ${total.failed} failed`);
