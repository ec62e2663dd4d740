/** Who may do what with which path, by the rules of a tenant. Pure. */
import type { FileAccess, FileRule } from '@xanthus/proto/terminals';

/** Who asks, and where. `role` undefined: somebody whose role is not known gets what everybody gets. */
export interface Asker { readonly server: string; readonly role: string | undefined }

const segmentsOf = (path: string): string[] => (path === '/' ? [] : path.slice(1).split('/'));
const isWild = (segment: string): boolean => /[*?]/.test(segment);

/** `*` and `?` within a name, in a time that grows with the product of the lengths at most. */
const fits = (pattern: string, name: string): boolean => {
  const [p, n] = [[...pattern], [...name]];
  let [i, j, star, mark] = [0, 0, -1, 0];
  while (j < n.length) {
    if (p[i] === '*') {
      star = i++;
      mark = j;
    } else if (i < p.length && (p[i] === '?' || p[i] === n[j])) {
      i++;
      j++;
    } else if (star >= 0) {
      i = star + 1;
      j = ++mark;
    } else return false;
  }
  while (p[i] === '*') i++;
  return i === p.length;
};

/** Which beginnings of a pattern the whole path can be: `at[k]`: its first k segments. */
const reached = (pattern: readonly string[], path: readonly string[]): boolean[] => {
  const open = (at: boolean[]): boolean[] => {
    for (const [k, segment] of pattern.entries()) if (segment === '**' && at[k]) at[k + 1] = true;
    return at;
  };
  let at = open([true, ...pattern.map(() => false)]);
  for (const name of path) {
    const next = pattern.map(() => false);
    next.push(false);
    for (const [k, segment] of pattern.entries()) {
      if (!at[k]) continue;
      if (segment === '**') next[k] = true;
      else if (fits(segment, name)) next[k + 1] = true;
    }
    at = open(next);
  }
  return at;
};

/** `/var/www/**` fits `/var/www` and all in it. */
export const matchesPattern = (pattern: string, path: string): boolean => {
  const segments = segmentsOf(pattern);
  return reached(segments, segmentsOf(path))[segments.length] === true;
};
/** Could it fit something in the folder? */
const mayFitWithin = (pattern: string, folder: string): boolean => {
  const segments = segmentsOf(pattern);
  return reached(segments, segmentsOf(folder)).slice(0, segments.length).some((at, k) => at && segments[k] !== undefined) || segments.at(-1) === '**' && matchesPattern(pattern, folder);
};

const ORDER: Readonly<Record<FileAccess, number>> = { none: 0, read: 1, write: 2 };

/** The more of a pattern is said, the more it counts: names in front of the first wildcard, then names at all, then letters. */
const weight = (pattern: string): readonly number[] => {
  const segments = segmentsOf(pattern);
  const plain = segments.findIndex(isWild);
  return [plain < 0 ? segments.length : plain, segments.filter(s => !isWild(s)).length, segments.filter(s => s !== '**').length, segments.includes('**') ? 0 : 1, pattern.replaceAll(/[*?]/g, '').length];
};
/** The first is the one that counts more. Of two that say as much: a server before all, a role before everybody, then what allows less. */
const bySpecificity = (a: FileRule, b: FileRule): number => {
  const [x, y] = [weight(a.pattern), weight(b.pattern)];
  for (const [i, w] of x.entries()) if (w !== y[i]) return (y[i] ?? 0) - w;
  return Number(b.server !== null) - Number(a.server !== null) || Number(b.role !== null) - Number(a.role !== null) || ORDER[a.access] - ORDER[b.access];
};

/** The rules that are about somebody somewhere, the most specific first. */
export const rulesFor = (rules: readonly FileRule[], who: Asker): readonly FileRule[] =>
  rules.filter(r => (r.server === null || r.server === who.server) && (r.role === null || r.role === who.role)).toSorted(bySpecificity);

/** By real path. @param rules as `rulesFor` has them. Without one that fits: everything that the account may. */
export const accessTo = (rules: readonly FileRule[], path: string): FileAccess => rules.find(r => matchesPattern(r.pattern, path))?.access ?? 'write';
export const allows = (has: FileAccess, wanted: FileAccess): boolean => ORDER[has] >= ORDER[wanted];

/** Is all that may ever be in the folder allowed? Asked before a folder goes elsewhere as a whole. */
export const allowsWithin = (rules: readonly FileRule[], folder: string, wanted: FileAccess): boolean =>
  allows(accessTo(rules, folder), wanted) && rules.every(r => allows(r.access, wanted) || !mayFitWithin(r.pattern, folder) || hidden(rules, r, folder));
/** A rule that never counts there, for a more specific one fits the whole folder. */
const hidden = (rules: readonly FileRule[], rule: FileRule, folder: string): boolean => {
  const over = rules.slice(0, rules.indexOf(rule));
  return over.some(r => r.pattern.endsWith('/**') && matchesPattern(r.pattern, folder));
};

/** A folder that one may not read, on the way to what one may: it shows what leads there and nothing else. */
export const leadsOn = (rules: readonly FileRule[], folder: string): boolean => rules.some(r => r.access !== 'none' && mayFitWithin(r.pattern, folder));
