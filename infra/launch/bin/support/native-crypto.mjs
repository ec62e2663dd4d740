// ssh2's native half. Without it the same bytes of a terminal or a file cost 2.5 to 4 times as much; everything works all the same.
// Install scripts are off (`allowScripts`), for they run whatever a package brings and fetch what they like: this one is run by us, with what the machine has.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** A compiler that hangs holds up no start. ms */
const LIMIT = 120_000;
const has = name => (process.env.PATH ?? '').split(delimiter).some(folder => folder !== '' && existsSync(join(folder, name)));

/** Headers of this Node, beside it; they are never fetched. */
const headers = () => {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include', 'node', 'node.h')) ? prefix : undefined;
};
/** npm brings its own. */
const nodeGyp = () => {
  const npm = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'npm')).find(path => existsSync(path));
  const path = npm && join(dirname(dirname(realpathSync(npm))), 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  return path && existsSync(path) ? path : undefined;
};

const marker = cache => join(cache, `native-crypto-${process.versions.modules}`);
/** Built for this Node, or seen that it can't be. */
export const hasTriedNativeCrypto = ({ cache }) => existsSync(marker(cache));

/**
 * Builds it once for this Node, where a compiler, make, Python and Node's headers are there; else nothing happens and the terminals service says so at its start.
 * @param {{ modules: string, cache: string, env: NodeJS.ProcessEnv, say(line: string): void }} o
 */
export function buildNativeCrypto({ modules, cache, env, say }) {
  const folder = join(modules, 'ssh2', 'lib', 'protocol', 'crypto');
  if (!existsSync(folder) || hasTriedNativeCrypto({ cache })) return;
  const [prefix, gyp] = [headers(), nodeGyp()];
  if (prefix !== undefined && gyp !== undefined && has('make') && ['c++', 'g++', 'clang++'].some(has) && ['python3', 'python'].some(has)) {
    say('Building the native half of the SSH library (a few seconds) …');
    const about = [`--nodedir=${prefix}`, `--real_openssl_major=${/^\d+/.exec(process.versions.openssl)[0]}`];
    const { status } = spawnSync(process.execPath, [gyp, 'rebuild', ...about], { cwd: folder, env, stdio: 'ignore', timeout: LIMIT, killSignal: 'SIGKILL' });
    if (status !== 0) say('It could not be built: SSH works without it, at a higher cost.');
  }
  mkdirSync(cache, { recursive: true });
  writeFileSync(marker(cache), '');
}
