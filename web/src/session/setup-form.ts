import { t } from '../texts/text.js';

export const MIN_PASSWORD = 12;
/** Makes a link to set up an installation. */
export const SETUP_LINK = 'npm start -- setup-link';

/** `Acme GmbH & Co.` → `acme-gmbh-co`: a letter first, then letters, digits and hyphens, at most 31. */
export const toSlug = (name: string): string =>
  name.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '').slice(0, 31).replace(/-+$/, '');

/** Length is what protects; says how much is missing. */
export const passwordHint = (password: string): string => {
  const missing = MIN_PASSWORD - password.length;
  if (password.length === 0) return t('At least {least} characters. A few unrelated words are strong and easy to remember.', { least: MIN_PASSWORD });
  return missing > 0 ? t('{missing, plural, one {# more character.} other {# more characters.}}', { missing }) : t('Long enough.');
};
