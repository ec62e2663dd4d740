import { onPath } from './on-path.js';
import { run } from './run.js';

let refreshed: Promise<unknown> | undefined;

/** Installs a Debian package with the machine's own, signed sources. Only root can; everybody else is told so. */
export async function installPackage(o: { package: string; program: string; progress(line: string): void }): Promise<{ path: string } | { why: string }> {
  if (process.getuid?.() !== 0) return { why: `the package ${o.package} is not installed and only root can install it` };
  if (!(await onPath(['apt-get']))) return { why: 'there is no apt-get here to install it with' };
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const install = () => run('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', 'install', '--no-install-recommends', o.package], { env });
  o.progress(`installing the package ${o.package} …`);
  let done = await install();
  if (done.code !== 0) { // the lists may be empty or old
    refreshed ??= run('apt-get', ['-q', 'update'], { env });
    await refreshed;
    done = await install();
  }
  const path = await onPath([o.program]);
  if (path) return { path };
  return { why: `apt-get could not install ${o.package}: ${lastError(done.output)}` };
}

const lastError = (output: string): string => output.split('\n').map(l => l.trim()).filter(l => l.startsWith('E:')).at(-1) ?? output.trim().split('\n').at(-1) ?? 'no message';
