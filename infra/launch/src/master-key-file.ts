import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { Sentence } from './sentence.js';

/** One key a line, the first one wraps. */
const linesOf = async (file: string): Promise<string[]> => {
  const text = await readFile(file, 'utf8').catch(() => { throw new Sentence(`The master key ${file} cannot be read.`); });
  return text.split(/\s+/).filter(Boolean);
};

/** Whole or not at all, and on the disk before anybody relies on it. */
const write = async (file: string, lines: readonly string[]): Promise<void> => {
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(`${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
};

/**
 * Puts a fresh key first; the others stay and unwrap. Where an earlier rotation did not come to its end, that one goes on.
 * @returns how to take the fresh key away again; undefined if there was one already
 */
export async function putNewKeyFirst(file: string): Promise<(() => Promise<void>) | undefined> {
  const lines = await linesOf(file);
  if (lines.length !== 1) return undefined;
  await write(file, [randomBytes(32).toString('base64url'), ...lines]);
  return () => write(file, lines);
}

/** Nothing needs the old ones any more. */
export async function keepFirstKey(file: string): Promise<void> {
  const [first] = await linesOf(file);
  if (first !== undefined) await write(file, [first]);
}
