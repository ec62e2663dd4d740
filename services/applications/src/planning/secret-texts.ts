/** Which texts of values are secret, as far as that can be told: they are shown to nobody. Pure. */
import type { SealedRelease } from '../running/ports.js';

const SECRET_NAME = /pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|(?:^|[-_.])(?:auth|pwd|salt|dsn|key)$|connection[-_]?string|htpasswd|bcrypt/i;
/** Names that only say where a secret lies. */
const ONLY_A_NAME = /(?:secret|token|key|password|credential)s?(?:[-_]?(?:name|ref|refs|path|file|key|namespace|class|keyref))$|^existing/i;
const IN_ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s@/]+)@/gi;
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Long, of many kinds of characters, without spaces: nobody writes such words. */
const looksRandom = (text: string): boolean => text.length >= 24 && !/[\s/:.]/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text) && new Set(text).size >= 14;

const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !ONLY_A_NAME.test(name);

const leaves = function* (tree: unknown, name: string, under: boolean): Generator<string> {
  if (typeof tree === 'string') {
    if (tree === '') return;
    if (under || isSecretName(name) || KEY_BLOCK.test(tree) || looksRandom(tree)) yield tree;
    for (const [, password = ''] of tree.matchAll(IN_ADDRESS)) yield decoded(password);
    return;
  }
  if (typeof tree === 'number' && isSecretName(name) && String(tree).length >= 6) yield String(tree);
  if (Array.isArray(tree)) for (const one of tree) yield* leaves(one, name, under);
  else if (typeof tree === 'object' && tree !== null) {
    const said = (tree as { readonly name?: unknown }).name;
    // Kubernetes writes variables as {name, value}.
    const variable = typeof said === 'string' && 'value' in tree && isSecretName(said);
    for (const [key, value] of Object.entries(tree)) yield* leaves(value, key, under || (variable && key === 'value') || key === 'stringData');
  }
};
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** In values that somebody wrote. */
export const secretTextsIn = (values: unknown): string[] => [...new Set(leaves(values, '', false))];

/** All of a release: its Secret, and what looks like one in values and variables; `PASSWORD: password` only names a key of its Secret. For `maskOf`. */
export const secretTexts = ({ secrets, values, environment }: Pick<SealedRelease, 'secrets' | 'values' | 'environment'>): string[] =>
  [...new Set([...Object.values(secrets), ...[...secretTextsIn(values), ...secretTextsIn(environment)].filter(text => !Object.hasOwn(secrets, text))])];
