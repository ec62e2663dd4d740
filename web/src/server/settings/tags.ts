/** Tags of a server, from what somebody types. Pure. */
import { t } from '../../texts/text.js';

const TAG = /^[a-z0-9][a-z0-9-]{0,31}$/;
const MOST_TAGS = 32;

/** Words between commas and spaces; in small letters, each once. */
export const readTags = (text: string): readonly string[] => [...new Set(text.toLowerCase().split(/[\s,]+/).filter(Boolean))];
/** What is wrong with them, as a sentence. */
export const tagProblem = (tags: readonly string[]): string | undefined => {
  const odd = tags.find(t => !TAG.test(t));
  if (odd !== undefined) return t('“{odd}” is no tag: 1–32 letters, digits and hyphens, and no hyphen first.', { odd });
  return tags.length > MOST_TAGS ? t('At most {most} tags.', { most: MOST_TAGS }) : undefined;
};
export const sameTags = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.toSorted().join() === b.toSorted().join();
