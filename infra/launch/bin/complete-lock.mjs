#!/usr/bin/env node
// Adds stub entries to package-lock.json for optional packages of other platforms that the registry in use could not serve when the
// lock was written. Without them `npm ci` of npm ≥ 11 stops with "Missing: <package>@ from lock file". Run after a change of dependencies:
//   node infra/launch/bin/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const OS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32'];
const CPU = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const packages = lock.packages;

/** Key of the entry that `name` resolves to from `from`, by Node's rules. */
const resolve = (from, name) => {
  for (let path = from; ; ) {
    const key = `${path ? `${path}/` : ''}node_modules/${name}`;
    if (packages[key]) return key;
    if (!path) return undefined;
    const i = path.lastIndexOf('/node_modules/');
    path = i >= 0 ? path.slice(0, i) : path.startsWith('node_modules/') || !path.includes('/') ? '' : path.slice(0, path.lastIndexOf('/'));
  }
};

let added = 0;
for (const [path, entry] of Object.entries({ ...packages })) {
  for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
    const at = resolve(path, name);
    const version = wanted.replace(/^[\^~]/, '');
    if (at && (packages[at].version === version || /[\^~*]/.test(wanted))) continue;
    const parts = name.split(/[-/@]/);
    const os = OS.filter(x => parts.includes(x));
    const cpu = CPU.filter(x => parts.includes(x));
    const libc = /musl/.test(name) ? { libc: ['musl'] } : name.endsWith('gnu') ? { libc: ['glibc'] } : {};
    packages[at ? `${path}/node_modules/${name}` : `node_modules/${name}`] = {
      version, cpu: cpu.length > 0 ? cpu : ['none'], ...(entry.dev ? { dev: true } : {}), optional: true, os: os.length > 0 ? os : [parts.includes('linux') ? 'linux' : 'none'], ...libc,
    };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`added ${added} stubs`);
