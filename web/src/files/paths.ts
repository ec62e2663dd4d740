/** Paths of a server as text in a page. Pure. */
import { t } from '../texts/text.js';

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || '/';
export const join = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`);

/** What somebody typed, as an absolute path: `~` is the home, `..` goes up, what does not begin with `/` is below where one is. */
export const readPath = (typed: string, at: string, home: string): string => {
  const text = typed.replace(/^~(?=\/|$)/, home);
  const names: string[] = [];
  for (const name of (text.startsWith('/') ? text : `${at}/${text}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
};

export interface Crumb { readonly label: string; readonly path: string }
export const crumbsOf = (path: string): readonly Crumb[] => {
  const names = path === '/' ? [] : path.slice(1).split('/');
  return [{ label: '/', path: '/' }, ...names.map((name, i) => ({ label: shownName(name), path: `/${names.slice(0, i + 1).join('/')}` }))];
};

const MARKS: Readonly<Record<string, string>> = { '\n': '␤', '\r': '␍', '\t': '␉' };
/** In one line, and with nothing that draws it in another order: a name may hold anything. */
export const shownName = (name: string): string => name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, c => MARKS[c] ?? '�');

/** Why a name is none, or undefined. */
export const nameProblem = (name: string): string | undefined => {
  if (name === '') return t('Give it a name.');
  if (name.includes('/')) return t('A name has no slash.');
  if (name === '.' || name === '..') return t('Choose another name.');
  if (/[\0\uFFFD\p{Cs}]/u.test(name)) return t('A name has no such character.');
  return new TextEncoder().encode(name).length > 255 ? t('A name has at most 255 bytes.') : undefined;
};
