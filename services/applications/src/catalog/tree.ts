/** Values of a chart: plain JSON. */
export type Tree = null | boolean | number | string | readonly Tree[] | { readonly [name: string]: Tree };
export type Branch = { readonly [name: string]: Tree };
export type Path = readonly (string | number)[];

/** Names that reach into the language instead of the data. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `a.b[0]."c.d"` */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}${text === '' ? '' : '.'}${/^[\w-]+$/.test(step) ? step : JSON.stringify(step)}`), '');

/** Every value of a tree that is no branch and no list, with its path. */
export const leaves = (value: Tree, visit: (leaf: null | boolean | number | string, path: Path) => void, path: Path = []): void => {
  if (Array.isArray(value)) (value as readonly Tree[]).forEach((item, i) => leaves(item, visit, [...path, i]));
  else if (isBranch(value)) for (const [name, item] of Object.entries(value)) leaves(item, visit, [...path, name]);
  else visit(value as null | boolean | number | string, path);
};

/** The same tree with each text replaced by what `change` makes of it; names stay. */
export const mapTexts = (value: Tree, change: (text: string, path: Path) => Tree, path: Path = []): Tree => {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return (value as readonly Tree[]).map((item, i) => mapTexts(item, change, [...path, i]));
  if (!isBranch(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change, [...path, name])]));
};

/**
 * The way Helm lays values over values: branches are merged, everything else is replaced, null takes away what is below.
 * @param over wins
 */
export const deepMerge = (under: Branch, over: Branch): Branch => {
  const merged = new Map(Object.entries(under));
  for (const [name, value] of Object.entries(over)) {
    if (FORBIDDEN_NAMES.has(name)) continue;
    const below = merged.get(name);
    merged.set(name, isBranch(value) && isBranch(below) ? deepMerge(below, value) : value);
  }
  return Object.fromEntries(merged);
};

/** A branch with just this one value in it. */
export const branchAt = (path: string, value: Tree): Branch =>
  path.split('.').reduceRight<Tree>((inner, name) => ({ [name]: inner }), value) as Branch;

/** What stands at a path of names; undefined: nothing. */
export const valueAt = (tree: Tree, path: readonly string[]): Tree | undefined => {
  let at: Tree | undefined = tree;
  for (const name of path) {
    if (!isBranch(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
};
