/**
 * Is this one of the passwords that were leaked? Nothing leaves the machine: a packed list of the most frequent ones comes with the program (`tools/pack-common-passwords.ts`
 * makes it), and an operator may give the whole list of Have I Been Pwned as a file ("ordered by hash": a line per SHA-1, `<40 hex digits>:<count>`).
 */
import { createHash } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';

export interface BreachedPasswords {
  has(password: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Bytes of the SHA-256 that the packed list keeps of each password: of 23 million strong ones, one is refused by mistake. */
export const PREFIX = 5;
const FILE = 'services/auth/data/common-passwords.bin';

/** Leaked passwords are compared without case. */
export const packedPrefix = (password: string): Buffer => createHash('sha256').update(password.normalize('NFKC').toLowerCase()).digest().subarray(0, PREFIX);

/** @param packed prefixes one after the other, in order */
export const packedHas = (packed: Buffer, password: string): boolean => {
  const wanted = packedPrefix(password);
  let [low, high] = [0, packed.length / PREFIX];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = packed.compare(wanted, 0, PREFIX, middle * PREFIX, (middle + 1) * PREFIX);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
};

/** In source as in a bundle it lies in a folder above. */
const readPacked = async (): Promise<Buffer> => {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const found = await readFile(new URL(FILE, folder)).catch(() => undefined);
    if (found !== undefined) return found;
    if (folder.pathname === '/') throw new Error(`${FILE} is missing: the list of leaked passwords is part of the program; unpack it again.`);
  }
};

/** @throws a sentence if the operator's file cannot be read or is not of that form */
export const openBreachedPasswords = async (operatorFile?: string): Promise<BreachedPasswords> => {
  const packed = await readPacked();
  const list = operatorFile === undefined ? undefined : await openHashList(operatorFile);
  return {
    has: async password => packedHas(packed, password) || (await list?.has(password)) === true,
    close: async () => { await list?.close(); },
  };
};

/** Longest line: 40 digits, a colon, a count, CR LF. */
const LINE = 64;

const openHashList = async (path: string): Promise<BreachedPasswords> => {
  const wrong = (why: string, cause?: unknown) => new Error(`XANTHUS_BREACHED_PASSWORDS_FILE ${path} ${why}. It is the list of SHA-1 hashes of Have I Been Pwned, ordered by hash, as text.`, { cause });
  const file = await open(path, 'r').catch((error: unknown) => { throw wrong('cannot be read', error); });
  const { size } = await file.stat();
  const first = await hashAt(file, size, 0);
  const last = await hashAt(file, size, Math.max(0, size - LINE));
  if (first === undefined || last === undefined || first.hash > last.hash) {
    await file.close();
    throw wrong('is not a list of hashes in order');
  }
  return {
    async has(password) {
      const wanted = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
      let [low, high] = [0, size];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const found = await hashAt(file, size, middle);
        if (found === undefined || found.from >= high || found.hash > wanted) high = middle;
        else if (found.hash === wanted) return true;
        else low = found.to;
      }
      return false;
    },
    close: () => file.close(),
  };
};

/** The first whole line that begins at `offset` or later. */
const hashAt = async (file: FileHandle, size: number, offset: number): Promise<{ readonly hash: string; readonly from: number; readonly to: number } | undefined> => {
  const start = Math.max(0, offset - 1);
  const buffer = Buffer.alloc(Math.min(3 * LINE, size - start));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  const text = buffer.toString('latin1', 0, bytesRead);
  const skipped = offset === 0 ? 0 : text.indexOf('\n') + 1;
  if (offset > 0 && skipped === 0) return undefined;
  const [line, hash] = /^([0-9A-Fa-f]{40})(?::\d+)?\r?(?:\n|$)/.exec(text.slice(skipped)) ?? [];
  return line === undefined || hash === undefined ? undefined : { hash: hash.toUpperCase(), from: start + skipped, to: start + skipped + line.length };
};
