/** Where the master key comes from: a program (KMS), the environment, a file. The first that is set wraps, all of them unwrap. Never a default. */
import { readFile, stat } from 'node:fs/promises';
import { looksRandom, masterKeyOf, startKmsProgram, type MasterKey, type MasterKeys } from '@xanthus/vault';

export interface MasterKeySources {
  readonly file?: string | undefined;
  /** One key or several with commas; the first one wraps. */
  readonly text?: string | undefined;
  /** argv as a JSON list. */
  readonly command?: string | undefined;
}
export interface OpenMasterKeys extends MasterKeys { stop(): Promise<void> }

const HINT = 'Exactly 32 random bytes in base64 are needed; make some with: openssl rand -base64 32';

/** @param where what the sentence calls it. @throws a sentence */
const parseKey = (text: string, where: string): MasterKey => {
  const bytes = /^[\w+/-]+=*$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length !== 32 || !looksRandom(bytes)) throw new Error(`${where} is too weak. ${HINT}`);
  return masterKeyOf(bytes);
};

const several = (text: string, where: string): MasterKey[] => {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  return parts.length === 0 ? [parseKey('', where)] : parts.map(part => parseKey(part, where));
};

/** One key a line; the first one wraps, the others are old. @throws a sentence: missing, readable by others, or too weak */
export const readMasterKeys = async (path: string): Promise<MasterKey[]> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`The master key ${path} cannot be read. Without it no secret can be opened; restore the file from a backup.`, { cause: error });
  });
  if (((await stat(path)).mode & 0o077) !== 0) throw new Error(`The master key ${path} can be read by others; run: chmod 600 ${path}`);
  return several(text, `The master key ${path}`);
};

const argvOf = (command: string): string[] => {
  try {
    const argv: unknown = JSON.parse(command);
    if (Array.isArray(argv) && argv.length > 0 && argv.every(part => typeof part === 'string')) return argv;
  } catch { /* told below */ }
  throw new Error('XANTHUS_MASTER_KEY_COMMAND must be a JSON list of strings, the program and its arguments: ["/usr/local/bin/wrap-key", "--key", "alias/xanthus"].');
};

/** Looks at a file again whenever it changed: a rotation puts the new key into it while we run. */
const watchedFile = async (path: string): Promise<() => Promise<readonly MasterKey[]>> => {
  const signature = async (): Promise<string> => stat(path).then(s => `${s.ino} ${s.mtimeMs} ${s.size}`, () => '');
  let known = await readMasterKeys(path);
  let seen = await signature();
  return async () => {
    const now = await signature();
    if (now === seen || now === '') return known; // a file that is gone takes no key from us
    known = await readMasterKeys(path);
    seen = now;
    return known;
  };
};

/** @throws a sentence: none at all, or one that is missing, readable by others or too weak */
export const openMasterKeys = async (sources: MasterKeySources): Promise<OpenMasterKeys> => {
  const { file, text, command } = sources;
  if (!file && !text && !command) throw new Error('There is no master key. Set XANTHUS_MASTER_KEY_FILE, XANTHUS_MASTER_KEY or XANTHUS_MASTER_KEY_COMMAND.');
  const inEnvironment = text ? several(text, 'XANTHUS_MASTER_KEY') : [];
  const inFile = file ? await watchedFile(file) : async () => [];
  const kms = command ? await startKmsProgram(argvOf(command)) : undefined;
  const all = async (): Promise<MasterKey[]> => [...(kms ? [kms] : []), ...inEnvironment, ...(await inFile())];
  return {
    async primary() {
      const [first] = await all();
      if (!first) throw new Error('There is no master key.');
      return first;
    },
    named: async name => (await all()).find(key => key.name === name),
    stop: async () => { await kms?.stop(); },
  };
};
