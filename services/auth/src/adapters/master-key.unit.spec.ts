import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMasterKeys, readMasterKeys } from './master-key.js';

const withFile = async (text: string, mode: number, run: (path: string) => Promise<void>): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'xanthus-key-'));
  try {
    const path = join(dir, 'master.key');
    await writeFile(path, text, { mode });
    await run(path);
  } finally {
    await rm(dir, { recursive: true });
  }
};
const fresh = (): string => randomBytes(32).toString('base64url');
const strong = fresh();
const opened = async (key: { wrap(c: string[], b: Buffer): Promise<Buffer> }, by: { unwrap(c: string[], b: Buffer): Promise<Buffer> } | undefined): Promise<string | undefined> =>
  (await by?.unwrap(['c'], await key.wrap(['c'], Buffer.from('clear'))))?.toString();

describe('the master key', () => {
  it('is read from a private file', () => withFile(`${strong}\n`, 0o600, async path => {
    const [key] = await readMasterKeys(path);
    expect(key?.name).toMatch(/^[0-9a-f]{16}$/);
    const { primary } = await openMasterKeys({ text: strong });
    expect(await opened(await primary(), key)).toBe('clear');
  }));
  it.each([
    ['empty', ''], ['short', 'c2hvcnQ'], ['text that is no key', 'changeme'], ['all the same', Buffer.alloc(32, 7).toString('base64url')], ['a short word again and again', Buffer.from('secret'.repeat(6).slice(0, 32)).toString('base64')],
    ['a sentence', Buffer.from('the quick brown fox jumps over 1').toString('base64')], ['one of 16 bytes', randomBytes(16).toString('base64')], ['a shell command', '$(cat /etc/passwd)'],
  ])('that is %s stops the start', async (_what, text) => {
    await withFile(text, 0o600, path => expect(openMasterKeys({ file: path })).rejects.toThrow(/too weak.*openssl rand/));
    if (text !== '') await expect(openMasterKeys({ text })).rejects.toThrow(/XANTHUS_MASTER_KEY is too weak/);
  });
  it('is not told in the sentence that refuses it', async () => {
    const sentence = await openMasterKeys({ text: 'canary-4711' }).catch((error: Error) => error.message);
    expect(sentence).toMatch(/too weak/);
    expect(sentence).not.toContain('canary');
  });
  it('that others can read stops the start', () => withFile(strong, 0o644, async path => {
    await expect(openMasterKeys({ file: path })).rejects.toThrow(/chmod 600/);
  }));
  it('that is missing stops the start; there is no default', async () => {
    await expect(openMasterKeys({ file: '/nonexistent/master.key' })).rejects.toThrow(/cannot be read/);
    await expect(openMasterKeys({})).rejects.toThrow(/There is no master key/);
  });
  it('stands for one purpose at a time', async () => {
    const { primary } = await openMasterKeys({ text: strong });
    const { derive } = await primary();
    expect(derive?.('auth markers')).not.toEqual(derive?.('auth refresh-tokens'));
  });
  it('is taken from the environment before the file, and the file still unwraps', () => withFile(strong, 0o600, async path => {
    const old = await (await openMasterKeys({ file: path })).primary();
    const keys = await openMasterKeys({ file: path, text: fresh() });
    const primary = await keys.primary();
    expect(primary.name).not.toBe(old.name);
    expect(await opened(old, await keys.named(old.name))).toBe('clear');
    expect(await keys.named('0000000000000000')).toBeUndefined();
  }));
  it('is changed by a new first line while it is used', () => withFile(strong, 0o600, async path => {
    const keys = await openMasterKeys({ file: path });
    const old = await keys.primary();
    await writeFile(path, `${fresh()}\n${strong}\n`);
    const now = await keys.primary();
    expect(now.name).not.toBe(old.name);
    expect(await opened(old, await keys.named(old.name))).toBe('clear');
  }));
});
