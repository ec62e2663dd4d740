/** How versions of images, charts and releases follow each other. Semantic versioning 2.0 §11, also for one to four numbers, which is what images have. */

interface Parts { readonly numbers: readonly number[]; readonly pre: readonly string[] }

const FORM = /^v?(\d{1,9}(?:\.\d{1,9}){0,3})(?:[-_.]?((?:alpha|beta|rc|pre|preview|dev|nightly|canary|next|snapshot|test)(?:[-._]?[0-9A-Za-z]+)*))?(?:[-+][0-9A-Za-z.+_-]*)?$/i;

/** The numbers and the prerelease of a version; undefined: it has none. What follows (`-alpine`, `+build`) does not count. */
const partsOf = (version: string): Parts | undefined => {
  const [, numbers, pre] = FORM.exec(version) ?? [];
  return numbers === undefined ? undefined : { numbers: numbers.split('.').map(Number), pre: pre === undefined ? [] : pre.toLowerCase().split(/[-._]|(?<=[a-z])(?=\d)/).filter(p => p !== '') };
};

const comparePre = (a: readonly string[], b: readonly string[]): number => {
  if (a.length === 0 || b.length === 0) return b.length - a.length; // none is later than any
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [p, q] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    const order = p && q ? Number(x) - Number(y) : p !== q ? (p ? -1 : 1) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
};

/** Below zero: `a` is earlier. What is no version is earlier than any version, and by name among its like. */
export const compareVersions = (a: string, b: string): number => {
  const [p, q] = [partsOf(a), partsOf(b)];
  if (p === undefined || q === undefined) return p === q ? (a < b ? -1 : a > b ? 1 : 0) : p === undefined ? -1 : 1;
  for (let i = 0; i < Math.max(p.numbers.length, q.numbers.length); i++) {
    const order = (p.numbers[i] ?? 0) - (q.numbers[i] ?? 0);
    if (order !== 0) return order;
  }
  return comparePre(p.pre, q.pre);
};

export const isVersion = (text: string): boolean => partsOf(text) !== undefined;
export const isPrerelease = (version: string): boolean => (partsOf(version)?.pre.length ?? 0) > 0;

/** How far it is from one version to a later one; undefined: it is not later, or one is no version. */
export const stepBetween = (from: string, to: string): 'major' | 'minor' | 'patch' | undefined => {
  const [p, q] = [partsOf(from), partsOf(to)];
  if (p === undefined || q === undefined || compareVersions(from, to) >= 0) return undefined;
  if (p.numbers[0] !== q.numbers[0]) return 'major';
  return (p.numbers[1] ?? 0) === (q.numbers[1] ?? 0) ? 'patch' : 'minor';
};

/** Without the `v` before its number. */
export const plainVersion = (tag: string): string => tag.replace(/^v(?=\d)/, '');
