import { domainToASCII } from 'node:url';

/** Why a name is none; in words for the person who typed it. */
export type NameIssue = 'empty' | 'too_long' | 'label_too_long' | 'label_empty' | 'characters' | 'wildcard';

const LABEL = /^(?:\*|[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)$/;

/** Lower case, punycode, no final dot. What is no host name by the rules of a browser (underscores, a wildcard) goes by its labels. */
export const toAscii = (name: string): string => {
  const plain = name.normalize('NFC').replace(/\.$/, '').toLowerCase();
  // eslint-disable-next-line no-control-regex
  return /^[\x20-\x7e]*$/.test(plain) ? plain : plain.split('.').map(label => domainToASCII(label) || label).join('.');
};

/** @param name as `toAscii` answers it */
export const nameIssue = (name: string, o: { readonly wildcard: boolean }): NameIssue | undefined => {
  if (name === '') return 'empty';
  if (name.length > 253) return 'too_long';
  const labels = name.split('.');
  if (labels.includes('')) return 'label_empty';
  if (labels.some(label => label.length > 63)) return 'label_too_long';
  const star = labels.indexOf('*');
  if (star > 0 || labels.lastIndexOf('*') > 0 || (star === 0 && !o.wildcard)) return 'wildcard';
  return labels.every(label => LABEL.test(label)) ? undefined : 'characters';
};

export const isInZone = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

/** `@`, a name below the zone, or a full one (with a final dot, whatever it is) → the full one. */
export const fullName = (given: string, zone: string): string => {
  const name = toAscii(given.trim());
  // The root of all names is not the zone.
  if (given.trim() === '.') return '';
  if (name === '@' || name === '') return zone;
  return given.trim().endsWith('.') || isInZone(name, zone) ? name : `${name}.${zone}`;
};

/** As a person writes it: `@` for the zone itself. */
export const shortName = (name: string, zone: string): string => (name === zone ? '@' : name.slice(0, -zone.length - 1));
