import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { dropBlob, provision, sharedDeclarations, storeBlob } from '@xanthus/jetstream';
import { BLOB_BYTES, type BlobReference } from '@xanthus/proto';
import { startNats, type TestNats, readStored } from '@xanthus/testing';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { largeInputs } from './large-inputs.js';

const SUBJECT = 'cmd.acme.dns.plan.new.make';
const CANARY = 'canary-in-a-large-input';

let nats: TestNats;
let nc: NatsConnection;
beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect();
  await provision(nc, [sharedDeclarations()], { replicas: 1 });
});
afterAll(async () => { await nats?.stop(); });

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const large = { text: CANARY.repeat(50_000) };
const read = (reference: unknown, subject = SUBJECT): Promise<unknown> => largeInputs(nc).with(subject, bytes(reference), async body => body);
const refusal = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('an input that is too large for a message', () => {
  it('comes whole where its reference stands for it; another is what it is', async () => {
    const reference = await storeBlob(nc, SUBJECT, bytes(large));
    expect(await read(reference)).toEqual(large);
    expect(await read({ ...reference, more: 1 })).toEqual({ ...reference, more: 1 });
    expect(await read({ blob: 'b', sha256: 's' })).toEqual({ blob: 'b', sha256: 's' });
  });

  it('opens for its own command only: not for another, another tenant, another thing, nor as another input', async () => {
    const reference = await storeBlob(nc, SUBJECT, bytes(large));
    const other = await storeBlob(nc, SUBJECT, bytes({ text: 'another' }));
    const swapped: BlobReference = { blob: `${other.blob.split('.')[0]}.${reference.blob.split('.')[1]}`, sha256: other.sha256 };
    const tries: [unknown, string?][] = [
      [reference, 'cmd.acme.dns.plan.new.apply'], [reference, 'cmd.globex.dns.plan.new.make'], [reference, 'cmd.acme.vps.plan.new.make'], [{ ...reference, sha256: other.sha256 }], [swapped],
      [{ ...reference, blob: `01jd3x8e2v5y9w4z7q6r1s0tab.${reference.blob.split('.')[1]}` }],
    ];
    for (const [given, subject] of tries) await expect(read(given, subject)).rejects.toEqual(refusal('INVALID', /Upload it again/));
  });

  it('is over once it was dropped', async () => {
    const reference = await storeBlob(nc, SUBJECT, bytes(large));
    await dropBlob(nc, SUBJECT, reference);
    await expect(read(reference)).rejects.toEqual(refusal('INVALID', /Upload it again/));
  });

  it('is held to the limits of any other: size, depth, form; and so many at a time', async () => {
    await expect(read(await storeBlob(nc, SUBJECT, bytes('x'.repeat(BLOB_BYTES))))).rejects.toEqual(refusal('TOO_LARGE', /at most 8388608/));
    await expect(read(await storeBlob(nc, SUBJECT, new TextEncoder().encode('['.repeat(50_000) + ']'.repeat(50_000))))).rejects.toEqual(refusal('TOO_LARGE', /deeper/));
    await expect(read(await storeBlob(nc, SUBJECT, new TextEncoder().encode('x'.repeat(60_000))))).rejects.toEqual(refusal('INVALID', /not valid JSON/));
    const reference = await storeBlob(nc, SUBJECT, bytes(large));
    const one = largeInputs(nc, 1);
    await one.with(SUBJECT, bytes(reference), async () => {
      await expect(one.with(SUBJECT, bytes(reference), async body => body)).rejects.toEqual(refusal('RATE_LIMITED', /try again/));
      expect(await one.with(SUBJECT, bytes({ small: 1 }), async body => body)).toEqual({ small: 1 });
    });
    expect(await one.with(SUBJECT, bytes(reference), async body => body)).toEqual(large);
  });

  it('lies in JetStream\'s files as nothing that could be read', async () => {
    await storeBlob(nc, SUBJECT, bytes(large));
    await nc.flush();
    const files = (await readdir(nats.storeDir, { recursive: true, withFileTypes: true })).filter(f => f.isFile() && f.parentPath.includes('BLOBS'));
    const stored = await Promise.all(files.map(f => readStored(join(f.parentPath, f.name))));
    expect(stored.reduce((n, b) => n + b.length, 0)).toBeGreaterThan(large.text.length);
    expect(stored.some(b => b.includes(CANARY))).toBe(false);
  });
});
