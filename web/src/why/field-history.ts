/** What made a field what it is. Pure. */
import type { RowChange } from '@xanthus/proto';

/** One event that changed it: from what to what. An empty path in the history is the whole row. */
export interface FieldStep { readonly event: RowChange['event']; readonly before: unknown; readonly after: unknown; /** Fields below it that changed, where it is not changed as a whole. */ readonly within?: readonly { readonly path: readonly string[]; readonly before?: unknown; readonly after?: unknown }[] }

const at = (value: unknown, path: readonly string[]): unknown => path.reduce<unknown>((v, name) => (typeof v === 'object' && v !== null ? (v as Readonly<Record<string, unknown>>)[name] : undefined), value);
const startsWith = (path: readonly string[], start: readonly string[]): boolean => start.every((part, i) => path[i] === part);

/** Those of the changes that concern the field, newest first. */
export const fieldSteps = (changes: readonly RowChange[], path: readonly string[]): readonly FieldStep[] => changes.flatMap(({ event, changed }) => {
  const above = changed.find(c => startsWith(path, c.path));
  if (above) {
    const rest = path.slice(above.path.length);
    const [before, after] = [at(above.before, rest), at(above.after, rest)];
    return before === undefined && after === undefined && path.length > 0 ? [] : [{ event, before, after }];
  }
  const within = changed.filter(c => startsWith(c.path, path));
  return within.length > 0 ? [{ event, before: undefined, after: undefined, within }] : [];
});
