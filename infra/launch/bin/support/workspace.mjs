// What the scripts in this folder share: the root of the repository, progress lines, dependencies, and bundles that are built only when needed.
// Plain Node without dependencies: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNativeCrypto, hasTriedNativeCrypto } from './native-crypto.mjs';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));
const at = (...parts) => join(root, ...parts);

/** Ends the program with a sentence instead of a stack. */
export function fail(sentence, code = 1) {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Xanthus needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

const cache = at('node_modules', '.cache', 'xanthus');
/** Locks and the like. Not below node_modules, which npm empties. */
const state = at('infra', 'launch', 'dist', 'state');
/** Stands while npm works: after a kill in the middle nothing else tells reliably that packages are missing. */
const UNFINISHED = join(state, 'installing');

/** Is every package of the lock installed in its version? Optional ones (other platforms) may be missing. */
function installed() {
  if (existsSync(UNFINISHED)) return false;
  try {
    const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
    const found = JSON.parse(readFileSync(at('node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, p]) => {
      if (!path.includes('node_modules/')) return true;
      if (p.link) return existsSync(at(path));
      return p.optional || p.peer || found[path]?.version === p.version;
    });
  } catch {
    return false;
  }
}

/** Installs the dependencies if they are missing or other ones than the lock names. Two at once would take away each other's files: the second waits. */
export async function install(say) {
  const native = { modules: at('node_modules'), cache, env: withoutSecrets(), say };
  if (installed() && hasTriedNativeCrypto(native)) return;
  const unlock = await lock('install', say);
  try {
    if (!installed()) installNow(say);
    buildNativeCrypto(native);
  } finally {
    unlock();
  }
}

function installNow(say) {
  say('Installing dependencies (npm ci, half a minute) …');
  writeFileSync(UNFINISHED, '');
  const npm = args => spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd: root, encoding: 'utf8', env: { ...withoutSecrets(), npm_config_loglevel: 'error' } });
  let done = npm(['ci', '--no-audit', '--no-fund']);
  // A registry that serves only some platforms' packages makes npm reject its own lock; installing by the lock still works.
  if (done.status !== 0) done = npm(['install', '--no-save', '--no-audit', '--no-fund']);
  if (done.status !== 0) {
    const why = `${done.stderr ?? ''}${done.error?.message ?? ''}`.split('\n').filter(l => /npm (error|ERR!)/.test(l) && !/complete log|^npm (error|ERR!)\s*$/.test(l)).slice(0, 3).map(l => l.replace(/^npm (error|ERR!)\s*/, '')).join(' ');
    fail(`The dependencies could not be installed: ${why || 'npm failed'}. Check the network and the rights on ${at('node_modules')}, then try again.`);
  }
  rmSync(UNFINISHED, { force: true });
}

/** Every source file below these folders, with what tells a change. */
function stampOf(paths) {
  const hash = createHash('sha256');
  const walk = (path) => {
    const info = statSync(path, { throwIfNoEntry: false });
    if (!info) return;
    if (!info.isDirectory()) return void hash.update(`${path} ${info.size} ${info.mtimeMs}\n`);
    for (const name of readdirSync(path).sort()) if (!['node_modules', 'dist', '.xanthus', '.git'].includes(name) && !/\.spec\.tsx?$/.test(name)) walk(join(path, name));
  };
  for (const path of paths) walk(at(path));
  return hash.digest('hex');
}

const BACKEND = ['infra/launch', 'services/auth', 'services/vps', 'services/dns', 'services/applications', 'services/terminals', 'services/audit', 'services/notifications', 'gateway/server'];
const SHARED = ['package-lock.json', 'rolldown.config.mjs', 'tsconfig.base.json', 'proto'];

/** What can be built, from which sources, by which command. */
const targets = [
  ...BACKEND.map(folder => ({
    folder,
    sources: [...SHARED, 'infra', 'services', 'gateway/server'],
    command: [at('node_modules/rolldown/bin/cli.mjs'), '-c', at('rolldown.config.mjs'), '--log-level', 'warn'],
  })),
  { folder: 'web', sources: ['package-lock.json', 'proto', 'gateway/client', 'web'], command: [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'] },
];

/** Builds the bundles whose sources changed, two at a time. Two builds at once wait for each other. */
export async function build(say) {
  const file = join(cache, 'built.json');
  mkdirSync(cache, { recursive: true });
  if (due(file).length === 0) return;
  const unlock = await lock('build', say);
  try {
    const built = read(file);
    const queue = due(file);
    if (queue.length > 0) say(`Building ${queue.map(t => t.folder).join(', ')} …`);
    const worker = async () => {
      for (let target = queue.shift(); target; target = queue.shift()) {
        removeOld(at(target.folder, 'dist', 'chunks'));
        const { code, output } = await run(process.execPath, target.command, at(target.folder));
        if (code !== 0) throw new Error(`${target.folder} could not be built:\n${output.trim()}`);
        built[target.folder] = target.stamp;
      }
    };
    await Promise.all([worker(), worker()]);
    writeFileSync(file, JSON.stringify(built));
  } catch (error) {
    unlock();
    fail(error.message);
  }
  unlock();
}

/** Chunks carry the hash of their content. Those of the last hours may belong to a Xanthus that is running. */
function removeOld(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (Date.now() - statSync(join(folder, name)).mtimeMs > 6 * 3_600_000) rmSync(join(folder, name), { force: true });
}

function read(file) {
  try { return JSON.parse(readFileSync(file, 'utf8')); } catch { return {}; } // nothing built yet
}

function due(file) {
  const built = read(file);
  const stamps = new Map(); // the services are made of the same sources
  const stamp = sources => stamps.get(sources.join()) ?? stamps.set(sources.join(), stampOf(sources)).get(sources.join());
  return targets.map(t => ({ ...t, stamp: stamp(t.sources) })).filter(t => built[t.folder] !== t.stamp || !existsSync(at(t.folder, 'dist', t.folder === 'web' ? 'index.html' : 'main.js')));
}

/** Longest honest hold, ms: beyond, the process id in the file is somebody else's by now. */
const HELD_AT_MOST = 10 * 60_000;

/** Held by one process only. One left behind by a process that has ended is taken over. */
async function lock(name, say) {
  mkdirSync(state, { recursive: true });
  const file = join(state, `${name}.lock`);
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid)); // linked into place: the file is never there without its process id
  try {
    for (let told = false; ; told = true) {
      try {
        linkSync(mine, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      if (!alive(file)) {
        rmSync(file, { force: true });
        continue;
      }
      if (!told) say('Another start is installing or building; waiting for it …');
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Does the process that holds this lock still run? */
function alive(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > HELD_AT_MOST) return false;
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Programs that install and build are other people's: they see no secret of ours. */
const withoutSecrets = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !['XANTHUS_MASTER_KEY', 'XANTHUS_OWNER_PASSWORD', 'XANTHUS_METRICS_TOKEN'].includes(name)));

export function run(file, args, cwd = root, env = withoutSecrets()) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (c) => { output += c; });
    child.stderr.on('data', (c) => { output += c; });
    child.once('error', error => resolve({ code: 127, output: error.message }));
    child.once('close', code => resolve({ code: code ?? 1, output }));
  });
}
