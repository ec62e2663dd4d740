import type { CatalogEntry, EntrySecret } from '@xanthus/proto/applications';

/** Where randomness and slow hashes come from; the catalog itself has none. */
export interface SecretTools {
  /** An integer from 0 to below `limit`, evenly spread, not to be foreseen. */
  randomInt(limit: number): number;
  /** The hash in the form `$2b$…`. */
  bcrypt(text: string): Promise<string>;
}

const ALPHABET = {
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  hex: '0123456789abcdef',
  digits: '0123456789',
} as const satisfies Record<EntrySecret['alphabet'], string>;

/**
 * The content of a release's Secret after one key got another value: what is made of that key becomes another too, everything else stays.
 * @param kept the whole content as it is now, secret variables included
 */
export const withSecret = async (entry: Pick<CatalogEntry, 'secrets'>, tools: SecretTools, kept: Readonly<Record<string, string>>, name: string, value: string): Promise<Readonly<Record<string, string>>> => {
  const content = { ...kept, [name]: value };
  return { ...content, ...(await makeSecrets(entry, tools, content, new Set([name]))) };
};

const made = ({ length, alphabet }: EntrySecret, { randomInt }: SecretTools): string => Array.from({ length }, () => ALPHABET[alphabet][randomInt(ALPHABET[alphabet].length)]).join('');

const derived = async ({ derive }: EntrySecret, from: string, { bcrypt }: SecretTools): Promise<string> => {
  if (derive === undefined) return from;
  const hash = derive.as === 'plain' ? from : await bcrypt(from);
  const value = derive.as === 'htpasswd' ? `${derive.user ?? 'admin'}:${hash.replace(/^\$2[ab]\$/, '$2y$')}` : hash;
  return derive.text === undefined ? value : derive.text.replaceAll('{{VALUE}}', () => value);
};

/**
 * All secrets of an entry, key to value, for the Kubernetes Secret of its release. What is there already stays; what follows from another is made anew
 * exactly when that one is another.
 * @param kept of the release before
 */
export const makeSecrets = async (entry: Pick<CatalogEntry, 'secrets'>, tools: SecretTools, kept: Readonly<Record<string, string>> = {}, changed: ReadonlySet<string> = new Set()): Promise<Readonly<Record<string, string>>> => {
  const values = new Map<string, string>();
  for (const secret of entry.secrets) if (secret.derive === undefined) values.set(secret.name, Object.hasOwn(kept, secret.name) ? kept[secret.name] as string : made(secret, tools));
  for (const secret of entry.secrets) {
    if (secret.derive === undefined) continue;
    const from = values.get(secret.derive.from);
    if (from === undefined) continue;
    const stays = Object.hasOwn(kept, secret.name) && kept[secret.derive.from] === from && !changed.has(secret.derive.from);
    values.set(secret.name, stays ? kept[secret.name] as string : await derived(secret, from, tools));
  }
  return Object.fromEntries(values);
};
