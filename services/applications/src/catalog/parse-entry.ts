import { catalogEntry, ENTRY_LIMIT, type CatalogEntry, type EntryProblem } from '@xanthus/proto/applications';
import { entryRules } from './rules.js';
import { unknownFields } from './unknown-fields.js';
import { parseYaml } from './yaml.js';

export type ParsedEntry =
  | { readonly ok: true; readonly entry: CatalogEntry; readonly problems: readonly [] }
  | { readonly ok: false; readonly entry: null; readonly problems: readonly EntryProblem[] };

/**
 * An entry from its YAML, or everything that is wrong with it, with line and column. Never throws, whatever the text is.
 * Pure: the same text always gives the same answer.
 */
export const parseEntry = (yaml: string): ParsedEntry => {
  const { value, problems, problemAt } = parseYaml(yaml, { bytes: ENTRY_LIMIT });
  if (value === undefined) return { ok: false, entry: null, problems };
  const parsed = catalogEntry.safeParse(value);
  const unknown = unknownFields(catalogEntry, value).map(({ path, message }) => problemAt(path, message));
  const wrong = parsed.success
    ? entryRules(parsed.data).map(({ path, message }) => problemAt(path, message))
    : parsed.error.issues.map(issue => problemAt(issue.path.map(step => (typeof step === 'number' ? step : String(step))), sentence(issue.message)));
  const all = [...unknown, ...wrong].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)).slice(0, 100);
  return all.length === 0 && parsed.success ? { ok: true, entry: parsed.data, problems: [] } : { ok: false, entry: null, problems: all };
};

const sentence = (message: string): string => {
  if (/received undefined/.test(message)) return 'This field is missing.';
  const plain = message.replace(/^Invalid input: e/, 'E').replace(/^Invalid option: e/, 'E').replace(/^([a-z0-9])/, (_, first: string) => `Expected: ${first}`);
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
};
