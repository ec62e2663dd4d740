import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBreachedPasswords, packedHas, packedPrefix } from './breached-passwords.js';

let dir: string;
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'xanthus-breached-')); });
afterAll(() => rm(dir, { recursive: true }));

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();
const listOf = async (name: string, passwords: readonly string[], end = '\r\n'): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, passwords.map(sha1).sort().map((hash, i) => `${hash}:${10 ** (i % 8)}`).join(end) + end);
  return path;
};

describe('leaked passwords', () => {
  it('that are frequent are known without any file of the operator, in any case', async () => {
    const list = await openBreachedPasswords();
    for (const leaked of ['1qaz2wsx3edc', 'qwertyuiop123', 'Finalfantasy', 'MOTHERFUCKER', 'leavemealone']) expect([leaked, await list.has(leaked)]).toEqual([leaked, true]);
    for (const good of ['vlinder-kaas-fiets', 'sept pommes vertes', 'correct horse battery staple 7']) expect([good, await list.has(good)]).toEqual([good, false]);
    await list.close();
  });

  it('are found in the packed list wherever they stand', () => {
    const words = Array.from({ length: 101 }, (_, i) => `password number ${i}`);
    const packed = Buffer.concat(words.map(packedPrefix).sort(Buffer.compare));
    expect(words.every(w => packedHas(packed, w))).toBe(true);
    expect(packedHas(packed, 'another')).toBe(false);
    expect(packedHas(Buffer.alloc(0), 'another')).toBe(false);
  });

  it.each(['\n', '\r\n'])('are found in the operator\'s list wherever they stand, lines of different length', async (end) => {
    const words = Array.from({ length: 500 }, (_, i) => `leaked ${i}`);
    const list = await openBreachedPasswords(await listOf(`list${end.length}`, words, end));
    for (const word of words) expect([word, await list.has(word)]).toEqual([word, true]);
    for (let i = 0; i < 200; i++) expect(await list.has(`vlinder ${i} kaas`)).toBe(false);
    await list.close();
  });

  it('of an operator\'s list of one line', async () => {
    const list = await openBreachedPasswords(await listOf('one', ['only this one']));
    expect([await list.has('only this one'), await list.has('not this one')]).toEqual([true, false]);
    await list.close();
  });

  it('from a file that is none are refused at the start, with a sentence', async () => {
    await expect(openBreachedPasswords(join(dir, 'missing'))).rejects.toThrow(/XANTHUS_BREACHED_PASSWORDS_FILE .*cannot be read/);
    const path = join(dir, 'words');
    await writeFile(path, 'password\nletmein\n');
    await expect(openBreachedPasswords(path)).rejects.toThrow(/not a list of hashes in order/);
  });
});
