#!/usr/bin/env node
// The import rules of docs/architecture.md, checked on the source text: who may import whom, no cycles between files,
// no deep imports, no `export *`. Part of `npm run lint`; every finding says why the rule exists.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));

const list = (...patterns) => execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], { encoding: 'utf8' })
  .split('\n').filter(f => f && existsSync(f) && !/(^|\/)(dist|generated|node_modules)\//.test(f));

/** Room of a file: `services/vps`, `infra/kernel`, `proto`, `web` … */
const room = file => file.split('/').slice(0, /^(infra|services|gateway)\//.test(file) ? 2 : 1).join('/');
const isTest = file => /[.-](spec|features|fixtures?)\.tsx?$/.test(file) || /(^|\/)(spec|e2e|testing)\//.test(file) || /\.spec-[a-z-]+\.ts$/.test(file);

const files = list('*.ts', '*.tsx');
const packages = new Map(list('*package.json').filter(f => f !== 'package.json').map(f => [JSON.parse(readFileSync(f, 'utf8')).name, dirname(f)]));

const SUPPORT = new Set(['infra/testing', 'infra/emulators', 'infra/sandbox', 'infra/kubernetes-testbed']);

/** Why may a file of room `from` not import room `to`? Undefined: it may. */
function forbidden(from, to, file) {
  if (to === from || (to === 'proto' && from !== 'proto')) return undefined;
  if (SUPPORT.has(to) && !isTest(file) && from !== 'infra/launch' && from !== 'bench' && !SUPPORT.has(from)) return `${to} is for specs and infra/launch only`;
  if (from === 'infra/launch' || from === 'bench') return undefined;
  if (isTest(file)) return from.startsWith('infra/') && /^(services|gateway|web)/.test(to) ? 'infra is what services stand on, in its specs too' : undefined;
  if (from === 'proto') return 'proto is the contract: it imports zod only';
  if (from === 'infra/kernel') return 'the kernel is pure TypeScript: it imports proto only';
  if (from === 'gateway/conformance') return 'the conformance suite is a black box: it knows nothing but proto';
  if (to === 'gateway/conformance') return 'the conformance suite is a test room: nothing stands on it';
  if (from === 'gateway/client') return 'the SDK has no dependency but proto';
  if (from === 'web') return to === 'gateway/client' ? undefined : 'the console imports proto and gateway/client only';
  if (to.startsWith('infra/') && to !== 'infra/launch') return undefined;
  if (from.startsWith('services/')) return 'a service imports proto and infra/* only, never another service or the gateway';
  if (from === 'gateway/server') return 'the gateway knows no service';
  return 'infra is what services stand on: it imports none of them';
}

/** The file of an aggregate is pure: decider, state and errors read no clock, network, random or Nest. */
const isDomain = file => /^services\/[^/]+\/src\/([^/]+)\/\1(\.decide|\.errors|\.fixtures)?\.ts$/.test(file);

const problems = [];
const graph = new Map(files.map(f => [f, []]));
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  if (/^export \* /m.test(text)) problems.push(`${file}: export * hides the surface; list the names`);
  for (const match of text.matchAll(/^[ \t]*(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'/gm)) {
    const [, typeOnly, name] = match;
    const at = `${file}:${text.slice(0, match.index).split('\n').length}`;
    if (name.startsWith('.')) {
      const target = normalize(join(dirname(file), name)).split(sep).join('/').replace(/\.js$/, '');
      const found = [`${target}.ts`, `${target}.tsx`, target, `${target}/index.ts`].find(f => graph.has(f));
      if (!found) continue;
      if (room(found) !== room(file)) problems.push(`${at}: reaches into ${room(found)} by path; import its package by name`);
      else if (!typeOnly) graph.get(file).push(found);
      continue;
    }
    const own = [...packages.keys()].find(n => name === n || name.startsWith(`${n}/`));
    const why = own && forbidden(room(file), packages.get(own), file);
    if (why) problems.push(`${at}: ${room(file)} may not import ${packages.get(own)}: ${why}`);
    if (isDomain(file) && !isTest(file) && !/^@xanthus\/(proto|kernel)(\/|$)/.test(name)) problems.push(`${at}: the domain is pure functions; it imports proto and kernel, not ${name}`);
    if (room(file) === 'infra/kernel' && !isTest(file) && !own && name !== 'ulid') problems.push(`${at}: the kernel runs anywhere: no ${name}`);
  }
}

// Cycles between files: a file in a cycle can't be read, tested or moved alone.
const state = new Map();
const visit = (file, path) => {
  state.set(file, 'open');
  for (const next of graph.get(file)) {
    if (state.get(next) === 'open') problems.push(`cycle: ${[...path.slice(path.indexOf(next)), next].join(' → ')}`);
    else if (!state.has(next)) visit(next, [...path, next]);
  }
  state.set(file, 'done');
};
for (const file of files) if (!state.has(file)) visit(file, [file]);

for (const problem of problems) console.error(problem);
console.log(`imports: ${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
