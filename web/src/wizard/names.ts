/** Names of servers while they are typed. Pure; the rule is that of proto. */
import { t } from '../texts/text.js';

const FORM = /^[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]$/;

/** What is wrong with the form of a name, as a sentence; undefined: nothing. */
export const nameFault = (name: string): string | undefined => {
  if (FORM.test(name)) return undefined;
  const odd = /[^A-Za-z0-9-]/.exec(name)?.[0];
  if (odd !== undefined) return odd === ' ' ? t('No spaces: use hyphens.') : t('Letters, digits and hyphens only, not “{odd}”.', { odd });
  if (name.startsWith('-') || name.endsWith('-')) return t('No hyphen at the start or the end.');
  if (name.length < 3) return t('At least 3 characters.');
  return t('At most 63 characters.');
};

/** The first free one of `server-1`, `server-2` … */
export const suggestServerName = (taken: Iterable<string>): string => {
  const names = new Set([...taken].map(n => n.toLowerCase()));
  for (let n = 1; ; n++) if (!names.has(`server-${n}`)) return `server-${n}`;
};
