import { parse } from 'yaml';
import type { SealedRelease } from './ports.js';

/** What people call what nobody is to see. */
const SECRET_NAME = /pass|secret|token|credential|api[-_]?key|private|auth/i;

const texts = (value: unknown, secret: boolean, found: string[]): void => {
  if (typeof value === 'string') {
    if (secret) found.push(value);
  } else if (Array.isArray(value)) for (const one of value) texts(one, secret, found);
  else if (typeof value === 'object' && value !== null) for (const [key, one] of Object.entries(value)) texts(one, secret || SECRET_NAME.test(key), found);
};

/** Everything of a release that is masked wherever it might be printed: its secrets, and what a person wrote under such a name into the values. */
export const secretTexts = ({ secrets, overlay }: Pick<SealedRelease, 'secrets' | 'overlay'>): readonly string[] => {
  const found = Object.values(secrets);
  try {
    texts(parse(overlay, { maxAliasCount: 100 }), false, found);
  } catch {
    // It was read when it was planned; one that cannot be is masked as a whole.
    found.push(...overlay.split('\n'));
  }
  return found;
};
