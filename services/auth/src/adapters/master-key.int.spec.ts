import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provision, sharedDeclarations } from '@xanthus/jetstream';
import { startNats, tempDir, type TempDir, type TestNats } from '@xanthus/testing';
import { listRings, openRing, rewrap, rewrapRoots, rootKey } from '@xanthus/vault';
import type { NatsConnection } from '@nats-io/transport-node';
import { openMasterKeys, type OpenMasterKeys } from './master-key.js';

/** Stands in for a KMS: wraps under a key of its own. */
const PROGRAM = `
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
const key = Buffer.alloc(32, 5);
for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, context, data } = JSON.parse(line);
  if (op === 'describe') { console.log(JSON.stringify({ id, key: 'alias/' + process.argv[2] })); continue; }
  const bytes = Buffer.from(data, 'base64');
  try {
    const nonce = op === 'wrap' ? randomBytes(12) : bytes.subarray(0, 12);
    const make = op === 'wrap' ? createCipheriv : createDecipheriv;
    const c = make('aes-256-gcm', key, nonce).setAAD(Buffer.from(context.join()));
    if (op !== 'wrap') c.setAuthTag(bytes.subarray(12, 28));
    const body = Buffer.concat([c.update(op === 'wrap' ? bytes : bytes.subarray(28)), c.final()]);
    console.log(JSON.stringify({ id, data: (op === 'wrap' ? Buffer.concat([nonce, c.getAuthTag(), body]) : body).toString('base64') }));
  } catch { console.log(JSON.stringify({ id, error: 'refused' })); }
}`;

let folder: TempDir;
let nats: TestNats;
let nc: NatsConnection;
let file: string;
let command: string;
const opened: OpenMasterKeys[] = [];
const open = async (sources: Parameters<typeof openMasterKeys>[0]): Promise<OpenMasterKeys> => {
  const masters = await openMasterKeys(sources);
  opened.push(masters);
  return masters;
};

beforeAll(async () => {
  folder = await tempDir('xanthus-master-');
  [nats, file] = [await startNats(), join(folder.path, 'master.key')];
  nc = await nats.connect();
  await provision(nc, [sharedDeclarations()], { replicas: 1 });
  await writeFile(file, randomBytes(32).toString('base64'), { mode: 0o600 });
  await writeFile(join(folder.path, 'wrap.mjs'), PROGRAM);
  command = JSON.stringify([process.execPath, join(folder.path, 'wrap.mjs'), 'spec']);
});
afterAll(async () => {
  for (const masters of opened) await masters.stop();
  await nats.stop();
  await folder.remove();
});

describe('a master key behind a program', () => {
  it('takes over from a file, and then the file is not needed', async () => {
    const before = await open({ file });
    const ring = await openRing(nc, before, 'acme', 'vps');
    const markers = await rootKey(nc, before, 'markers');

    const both = await open({ file, command });
    expect((await both.primary()).name).toBe('kms:alias/spec');
    expect(await openRing(nc, both, 'acme', 'vps')).toEqual(ring);
    const other = await openRing(nc, both, 'rival', 'vps'); // made by the program
    for (const found of await listRings(nc)) await rewrap(nc, both, found);
    await rewrapRoots(nc, both);

    const alone = await open({ command });
    expect(await openRing(nc, alone, 'acme', 'vps')).toEqual(ring);
    expect(await openRing(nc, alone, 'rival', 'vps')).toEqual(other);
    expect(await rootKey(nc, alone, 'markers')).toEqual(markers);
    await expect(openRing(nc, await open({ file }), 'acme', 'vps')).rejects.toMatchObject({ code: 'KEY.OTHER_MASTER' });
  });

  it('starts a new folder by itself', async () => {
    const masters = await open({ command });
    const root = await rootKey(nc, masters, 'refresh-tokens');
    expect(root).toHaveLength(32);
    expect(await rootKey(nc, masters, 'refresh-tokens')).toEqual(root);
  });

  it.each([['no JSON', 'rm -rf /'], ['no list', '"x"'], ['no path', '["sh", "-c", "id"]'], ['empty', '[]']])('whose command is %s stops the start', async (_what, text) => {
    await expect(openMasterKeys({ command: text })).rejects.toThrow(/XANTHUS_MASTER_KEY_COMMAND must be a JSON list/);
  });
});
