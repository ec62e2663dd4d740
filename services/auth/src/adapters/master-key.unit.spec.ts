import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveKey, readMasterKey } from './master-key.js';

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
const strong = randomBytes(32).toString('base64url');

describe('the master key', () => {
  it('is read from a private file', () => withFile(`${strong}\n`, 0o600, async path => {
    expect((await readMasterKey(path)).toString('base64url')).toBe(strong);
  }));
  it.each([['empty', ''], ['short', 'c2hvcnQ'], ['text that is no key', 'changeme'], ['all the same', Buffer.alloc(32, 7).toString('base64url')]])('that is %s stops the start', (_what, text) => withFile(text, 0o600, async path => {
    await expect(readMasterKey(path)).rejects.toThrow(/too weak/);
  }));
  it('that others can read stops the start', () => withFile(strong, 0o644, async path => {
    await expect(readMasterKey(path)).rejects.toThrow(/chmod 600/);
  }));
  it('that is missing stops the start; there is no default', async () => {
    await expect(readMasterKey('/nonexistent/master.key')).rejects.toThrow(/cannot be read/);
  });
  it('stands for one purpose at a time', () => {
    const key = Buffer.from(strong, 'base64url');
    expect(deriveKey(key, 'markers')).not.toEqual(deriveKey(key, 'refresh-tokens'));
  });
});
