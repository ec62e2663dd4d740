import { expect, it } from '@jest/globals';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, tempDir } from '@xanthus/testing';
import { whyNoSandboxes } from '@xanthus/sandbox';
import { startSandboxes } from './sandboxes.js';

const why = await whyNoSandboxes();
const where = why === undefined ? it : it.skip;
if (why !== undefined) console.warn(`skipped: ${why}`);

interface Described { port: number; control: { url: string; token: string } }
const described = async (file: string): Promise<Described> => JSON.parse(await readFile(file, 'utf8')) as Described;
const ask = async ({ control }: Described, method: string, path: string, body?: unknown): Promise<{ sandbox: { id: string; status: string; address: string }; sandboxes: { id: string; status: string }[] }> => {
  const response = await fetch(`${control.url}${path}`, { method, headers: { authorization: `Bearer ${control.token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return await response.json() as Awaited<ReturnType<typeof ask>>;
};

where('one file leads to the server to adopt and to the host of others, which go on after a restart', async () => {
  const folder = await tempDir();
  try {
    await mkdir(join(folder.path, 'logs'));
    const first = await startSandboxes(folder.path, () => undefined);
    const before = await described(first.file);
    expect((await stat(first.file)).mode & 0o077).toBe(0);
    const { sandbox: { id } } = await ask(before, 'POST', '/v1/sandboxes', { name: 'web-1', delay_ms: 0 });
    await eventually(async () => (await ask(before, 'GET', `/v1/sandboxes/${id}`)).sandbox.status === 'running');
    await first.stop();
    await expect(ask(before, 'GET', '/v1/sandboxes')).rejects.toThrow();

    const second = await startSandboxes(folder.path, () => undefined);
    const after = await described(second.file);
    expect(after).toMatchObject({ port: before.port, control: { url: before.control.url } });
    expect(after.control.token).not.toBe(before.control.token);
    await eventually(async () => (await ask(after, 'GET', `/v1/sandboxes/${id}`)).sandbox.status === 'running');
    await second.stop();
  } finally {
    await folder.remove();
  }
});
