/** What is different between two pictures of a view. Pure. */

export interface FieldChange { readonly path: readonly string[]; readonly before: unknown; readonly after: unknown }
export interface RowDifference { readonly id: string; readonly kind: 'added' | 'removed' | 'changed'; readonly fields: readonly FieldChange[]; /** As it is now, or was last. */ readonly row: unknown }

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same in content, whatever the order of names. */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every(name => same(a[name], b[name]));
};

/** Field by field; a list is one field. */
export const fieldChanges = (before: unknown, after: unknown, path: readonly string[] = []): readonly FieldChange[] => {
  if (same(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [{ path, before, after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(name => fieldChanges(before[name], after[name], [...path, name]));
};

/** Added first, then removed, then changed; each by id. */
export const differences = (before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): readonly RowDifference[] => {
  const all: RowDifference[] = [];
  for (const [id, row] of after) if (!before.has(id)) all.push({ id, kind: 'added', fields: [], row });
  for (const [id, row] of before) if (!after.has(id)) all.push({ id, kind: 'removed', fields: [], row });
  for (const [id, row] of after) {
    if (!before.has(id)) continue;
    const fields = fieldChanges(before.get(id), row);
    if (fields.length > 0) all.push({ id, kind: 'changed', fields, row });
  }
  const order = { added: 0, removed: 1, changed: 2 } as const;
  return all.sort((a, b) => order[a.kind] - order[b.kind] || (a.id < b.id ? -1 : 1));
};

/** `used_by.0.name` → `used by · 0 · name`. */
export const spellPath = (path: readonly string[]): string => path.map(part => part.replaceAll('_', ' ')).join(' · ');

/** A value as a short text: what is long is cut, what is nothing says so. */
export const spellValue = (value: unknown, most = 160): string => {
  if (value === undefined || value === null || value === '') return '–';
  const text = typeof value === 'string' ? value : Array.isArray(value) && value.every(v => typeof v !== 'object') ? value.join(', ') || '–' : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
};
