/** A Bloom filter over words: says "not in here" for sure, "may be in here" mostly rightly. Pure; the form is part of every sealed block, see `docs/audit.md`. */

/** Bits for each word and how many of them it sets: of 300 words that are not in, one seems to be. */
const BITS_PER_WORD = 12;
const HASHES = 8;
const LEAST_BITS = 64;

/** FNV-1a over UTF-16 units, then the last step of MurmurHash3, so that neighbours differ in every bit. */
const hashOf = (word: string, seed: number): number => {
  let h = seed;
  for (let i = 0; i < word.length; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const eachBit = (word: string, bits: number, bit: (at: number) => boolean): boolean => {
  const first = hashOf(word, 0x811c9dc5);
  const step = hashOf(word, 0x9747b28c) | 1;
  for (let i = 0; i < HASHES; i++) if (!bit(((first + Math.imul(i, step)) >>> 0) % bits)) return false;
  return true;
};

/** Bits as bytes, base64. */
export const filterOf = (words: ReadonlySet<string>): string => {
  const bytes = Buffer.alloc(Math.ceil(Math.max(LEAST_BITS, words.size * BITS_PER_WORD) / 8));
  const set = (at: number): boolean => {
    bytes[at >>> 3] = (bytes[at >>> 3] ?? 0) | (1 << (at & 7));
    return true;
  };
  for (const word of words) eachBit(word, bytes.length * 8, set);
  return bytes.toString('base64');
};

export const mayHold = (filter: Uint8Array, word: string): boolean => filter.length > 0 && eachBit(word, filter.length * 8, at => ((filter[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0);
