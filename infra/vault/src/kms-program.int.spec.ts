import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir, type TempDir } from '@xanthus/testing';
import { startKmsProgram, type KmsProgram } from './kms-program.js';

/** Wraps by AES under a key of its own, as a KMS would; `arguments` choose how it misbehaves. */
const PROGRAM = `
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
const [how, ...seen] = process.argv.slice(2);
if (how === 'silent') process.stdin.resume();
const key = Buffer.alloc(32, 5);
const aad = context => Buffer.from(context.join('|'));
const answer = object => process.stdout.write(JSON.stringify(object) + '\\n');
if (how !== 'silent') createInterface({ input: process.stdin }).on('line', line => {
  const { id, op, context, data } = JSON.parse(line);
  if (op === 'describe') return answer({ id, key: how === 'nameless' ? 5 : ['test', ...seen].join('/') });
  if (how === 'dies') process.exit(3);
  if (how === 'clear') return answer({ id, data });
  if (op === 'wrap') {
    const nonce = randomBytes(12);
    const c = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(context));
    const body = Buffer.concat([c.update(Buffer.from(data, 'base64')), c.final()]);
    process.stdout.write('some chatter\\n');
    return answer({ id, data: Buffer.concat([nonce, c.getAuthTag(), body]).toString('base64') });
  }
  try {
    const all = Buffer.from(data, 'base64');
    const c = createDecipheriv('aes-256-gcm', key, all.subarray(0, 12)).setAAD(aad(context)).setAuthTag(all.subarray(12, 28));
    answer({ id, data: Buffer.concat([c.update(all.subarray(28)), c.final()]).toString('base64') });
  } catch { answer({ id, error: 'not mine' }); }
});
`;

let folder: TempDir;
let file: string;
const running: KmsProgram[] = [];
const start = async (...args: string[]): Promise<KmsProgram> => {
  const program = await startKmsProgram([process.execPath, file, ...args], { timeout: args[0] === 'silent' ? 300 : 20_000 });
  running.push(program);
  return program;
};

beforeAll(async () => {
  folder = await tempDir('xanthus-kms-');
  file = join(folder.path, 'wrap.mjs');
  await writeFile(file, PROGRAM);
});
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop();
});
afterAll(() => folder.remove());

describe('a program that wraps', () => {
  const clear = Buffer.from('a data key');

  it('opens what it wrapped, in its context only, many at a time', async () => {
    const kms = await start('well');
    const wrapped = await Promise.all(Array.from({ length: 20 }, (_, i) => kms.wrap(['xanthus.key.v2', `t${i}`], clear)));
    expect(await Promise.all(wrapped.map((w, i) => kms.unwrap(['xanthus.key.v2', `t${i}`], w)))).toEqual(wrapped.map(() => clear));
    await expect(kms.unwrap(['xanthus.key.v2', 'other'], wrapped[0]!)).rejects.toThrow(/refused: not mine/);
  });

  it('gets its arguments byte for byte, no shell in between', async () => {
    expect((await start('well', '$(id)', ';rm', '`x`')).name).toBe('kms:test/$(id)/;rm/`x`');
  });

  it('is started again when it died', async () => {
    const kms = await start('dies');
    await expect(kms.wrap(['c'], clear)).rejects.toThrow(/ended \(3\)/);
    await expect(kms.wrap(['c'], clear)).rejects.toThrow(/ended \(3\)/);
  });

  it.each([['gives back what it got', 'clear', /did not wrap/]])('that %s is not believed', async (_what, how, why) => {
    await expect((await start(how)).wrap(['c'], clear)).rejects.toThrow(why);
  });

  it('that is missing, names no key or says nothing stops the start with a sentence', async () => {
    await expect(startKmsProgram(['/nonexistent/program'])).rejects.toThrow(/could not be started/);
    await expect(startKmsProgram(['program'])).rejects.toThrow(/absolute path/);
    await expect(start('nameless')).rejects.toThrow(/did not name its key/);
    await expect(start('silent')).rejects.toThrow(/did not answer in time/);
  });
});
