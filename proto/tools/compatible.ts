import type { JsonSchema } from './json-schema.js';

/**
 * What is stored for ever must stay readable: every value that fitted `before` must fit `after`, and no field of it may lose its name.
 * Returns one sentence per break; empty: compatible. Allowed: a new optional field, a wider enum, a looser limit, a new alternative.
 */
export const breaks = (before: JsonSchema, after: JsonSchema, at = ''): readonly string[] => {
  const where = at === '' ? 'the data' : at;
  const alternatives = alternativesOf(before);
  if (alternatives.length > 1 || alternativesOf(after).length > 1) {
    return alternatives.filter(a => !alternativesOf(after).some(b => breaks(a, b, at).length === 0)).map(a => `${where}: no alternative reads ${JSON.stringify(a)} any more`);
  }
  return [...typeBreaks(before, after, where), ...valueBreaks(before, after, where), ...limitBreaks(before, after, where), ...fieldBreaks(before, after, at), ...itemBreaks(before, after, at)];
};

/** `anyOf`, `oneOf` and `type: [a, b]` are the same thing here. */
const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] => {
  const listed = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (listed !== undefined) return listed.flatMap(alternativesOf);
  return Array.isArray(schema['type']) ? schema['type'].map((type: unknown) => ({ ...schema, type })) : [schema];
};

const typeBreaks = (before: JsonSchema, after: JsonSchema, where: string): string[] => {
  const was = before['type'];
  const is = after['type'];
  if (is === undefined || was === is || (was === 'integer' && is === 'number')) return [];
  return [`${where}: was ${String(was ?? 'anything')}, is ${String(is)}`];
};

const valueBreaks = (before: JsonSchema, after: JsonSchema, where: string): string[] => {
  const is = valuesOf(after);
  if (is === undefined) return [];
  const was = valuesOf(before);
  if (was === undefined) return [`${where}: takes only ${is.join(', ')} now`];
  return was.filter(v => !is.includes(v)).map(v => `${where}: does not take ${String(v)} any more`);
};

const valuesOf = (schema: JsonSchema): readonly unknown[] | undefined => ('const' in schema ? [schema['const']] : (schema['enum'] as readonly unknown[] | undefined));

const LOWER = ['minLength', 'minItems', 'minimum', 'exclusiveMinimum'];
const UPPER = ['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum'];

const limitBreaks = (before: JsonSchema, after: JsonSchema, where: string): string[] => {
  const tighter = (keyword: string, isTighter: (was: number, is: number) => boolean): boolean => {
    const is = after[keyword];
    const was = before[keyword];
    return typeof is === 'number' && (typeof was !== 'number' || isTighter(was, is));
  };
  const limits = [...LOWER.filter(k => tighter(k, (was, is) => is > was)), ...UPPER.filter(k => tighter(k, (was, is) => is < was))];
  const forms = ['pattern', 'format'].filter(k => after[k] !== undefined && after[k] !== before[k]);
  return [...limits, ...forms].map(k => `${where}: ${k} is tighter (${String(before[k] ?? 'none')} → ${String(after[k])})`);
};

const fieldBreaks = (before: JsonSchema, after: JsonSchema, at: string): string[] => {
  const was = (before['properties'] ?? {}) as Record<string, JsonSchema>;
  const is = (after['properties'] ?? {}) as Record<string, JsonSchema>;
  const had = new Set((before['required'] ?? []) as string[]);
  const found: string[] = [];
  for (const [name, schema] of Object.entries(was)) {
    const now = is[name];
    const path = at === '' ? name : `${at}.${name}`;
    if (now === undefined) found.push(`${path}: is gone`);
    else found.push(...breaks(schema, now, path));
  }
  for (const name of (after['required'] ?? []) as string[]) if (!had.has(name)) found.push(`${at === '' ? name : `${at}.${name}`}: is required now`);
  if (after['additionalProperties'] === false && before['additionalProperties'] !== false) found.push(`${at || 'the data'}: unknown fields are refused now`);
  return found;
};

const itemBreaks = (before: JsonSchema, after: JsonSchema, at: string): string[] =>
  ['items', 'additionalProperties'].flatMap(keyword => {
    const was = before[keyword];
    const is = after[keyword];
    if (typeof is !== 'object' || is === null || Object.keys(is).length === 0) return [];
    if (typeof was !== 'object' || was === null) return [`${at}[]: is narrower`];
    return [...breaks(was as JsonSchema, is as JsonSchema, `${at}[]`)];
  });
