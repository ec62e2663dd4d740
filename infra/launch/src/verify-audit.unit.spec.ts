import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditSigner, ChainLink, chainStart, filterOf, keysOfAudit, signBlock, storedTime } from '@xanthus/jetstream';
import type { PublicJwk } from '@xanthus/jetstream';
import { Sentence } from './sentence.js';
import { verifyAudit } from './verify-audit.js';

const keyOf = () => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:audit' });
const jwk = keyOf();
/** Two sealed events and one that is not; a sign that breaks lines elsewhere is part of a text. */
const bundle = (): string[] => {
  const signer = auditSigner(jwk);
  const message = (seq: number) => ({ seq, time: 1_795_000_000_000_000_000n + BigInt(seq), subject: 'evt.acme.vps.server.s1', data: Buffer.from(JSON.stringify({ n: seq, text: 'one\u2028two' })) });
  const line = (link: ChainLink, seq: number): object => {
    const m = message(seq);
    link.add(m);
    return { kind: 'message', seq, time: storedTime(m.time), subject: m.subject, text: m.data.toString(), hash: link.hash };
  };
  const link = new ChainLink(chainStart('acme', 'VPS'));
  const sealed = [line(link, 3), line(link, 4)];
  const block = signBlock('acme', link.block('VPS', filterOf(new Set()), signer.key_id), signer.key);
  const rest = new ChainLink({ seq: block.seq, hash: block.hash, total: block.total });
  const lines = [
    { kind: 'bundle', version: 1, tenant: 'acme', made_at: '2026-11-21T20:00:00.000Z', streams: ['VPS'], left_out: ['AUTH'] }, { kind: 'keys', keys: keysOfAudit([jwk as PublicJwk]) }, { kind: 'stream', stream: 'VPS' },
    { kind: 'block', ...block }, ...sealed, { kind: 'unsealed', stream: 'VPS' }, line(rest, 5),
  ];
  return [...lines, { kind: 'end', lines: lines.length + 1, streams: [{ stream: 'VPS', blocks: 1, events: 2, unsealed: 1 }] }].map(l => JSON.stringify(l));
};

let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'verify-audit-')); });
afterAll(() => rm(folder, { recursive: true }));
const at = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const said = async (lines: readonly string[], keys?: string): Promise<string> => {
  const sentences: string[] = [];
  await verifyAudit({ file: await at('b.jsonl', `${lines.join('\n')}\n`), keys, ownKeys: join(folder, 'none.json'), say: s => sentences.push(s) });
  return sentences.join('\n');
};

describe('verify-audit', () => {
  it('says what is proven, by whose keys, and what is not', async () => {
    const text = await said(bundle(), await at('keys.json', JSON.stringify({ keys: keysOfAudit([jwk as PublicJwk]) })));
    expect(text).toContain('The log of acme, taken at 2026-11-21T20:00:00.000Z, is what was sealed.');
    expect(text).toContain('VPS: 2 events in 1 block are what was sealed, from 3 (2026-11-18T11:06:40.000000003Z) to 4 (2026-11-18T11:06:40.000000004Z). 1 later event was not sealed yet: nothing is proven about it.');
    expect(text).toContain('Not in the file, for who took it may not follow them: AUTH.');
    expect(text).toMatch(/Checked with the keys in .*keys\.json\.$/);
    expect(await said(bundle())).toContain('Checked with the keys in the file itself');
  });

  it('says what does not fit, and where', async () => {
    const changed = bundle().map(l => l.replace('\\"n\\":4', '\\"n\\":7'));
    await expect(said(changed)).rejects.toThrow(/^This log is not what was sealed\. VPS, line 7: Event 4 is not what was sealed\.\nNothing is proven before that\./);
    await expect(said(changed)).rejects.toBeInstanceOf(Sentence);
    await expect(said(bundle().slice(0, -1))).rejects.toThrow(/VPS, line 8: The file ends before its last line: something was cut off\.\nWhat is proven before that:\nVPS: 2 events/);
    await expect(said(bundle(), await at('other.json', JSON.stringify({ keys: keysOfAudit([keyOf() as PublicJwk]) })))).rejects.toThrow(/signed by a key that is not known/);
    await expect(said(bundle(), await at('bad.json', '[]'))).rejects.toThrow(/bad\.json does not hold the keys/);
    await expect(said(['hello'])).rejects.toThrow(/Line 1: This line cannot be read/);
    await expect(verifyAudit({ file: join(folder, 'gone'), ownKeys: '', say: () => undefined })).rejects.toThrow(/gone cannot be read: ENOENT\./);
  });
});
