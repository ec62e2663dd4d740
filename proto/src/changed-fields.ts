/** What differs between two JSON values, field by field. Pure; for "which event changed what" and for "what changed between then and now". */

/** `before` undefined: it came; `after` undefined: it went. An empty path is the value itself. */
export interface FieldChange { readonly path: string[]; readonly before?: unknown; readonly after?: unknown }

/** A list of which more than this differs has changed as a whole: it moved on. */
const MOST_OF_LIST = 8;
/** Of one value; beyond, what is left has changed as a whole. */
const MOST = 100;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSame = (a: unknown, b: unknown): boolean => a === b || (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && JSON.stringify(a) === JSON.stringify(b));

const oneChange = (path: readonly string[], before: unknown, after: unknown): FieldChange[] => [{ path: [...path], ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];

const ofFields = (before: Fields, after: Fields, path: readonly string[]): FieldChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key => differences(before[key], after[key], [...path, key]));

/** Things in it are compared by place; a list that grew, shrank or moved has changed as a whole. */
const ofList = (before: readonly unknown[], after: readonly unknown[], path: readonly string[]): FieldChange[] => {
  if (before.length !== after.length || !before.every(isFields) || !after.every(isFields)) return oneChange(path, before, after);
  const inside = before.flatMap((value, i) => differences(value, after[i], [...path, String(i)]));
  return inside.length > MOST_OF_LIST ? oneChange(path, before, after) : inside;
};

const differences = (before: unknown, after: unknown, path: readonly string[]): FieldChange[] => {
  if (isSame(before, after)) return [];
  if (isFields(before) && isFields(after)) return ofFields(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return ofList(before, after, path);
  return oneChange(path, before, after);
};

export const changedFields = (before: unknown, after: unknown): FieldChange[] => {
  const found = differences(before, after, []);
  return found.length > MOST ? oneChange([], before, after) : found;
};
