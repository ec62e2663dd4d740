import type { JsonSchema } from './json-schema.js';

interface Row { readonly name: string; readonly type: string; readonly needed: boolean; readonly meaning: string }

/** A JSON Schema as a table of its fields, for people. */
export const fieldsTable = (schema: JsonSchema): string => {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return 'No fields.';
  return ['| field | type | | meaning |', '|---|---|---|---|', ...rows.map(r => `| \`${r.name}\` | ${cell(r.type)} | ${r.needed ? 'required' : ''} | ${cell(r.meaning)} |`)].join('\n');
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const rowsOf = (schema: JsonSchema, prefix: string): Row[] => {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const required = new Set((schema['required'] ?? []) as string[]);
  return properties.flatMap(([key, field]) => {
    const name = `${prefix}${key}`;
    const row = { name, type: typeOf(field), needed: required.has(key), meaning: meaningOf(field) };
    const inner = field['type'] === 'array' ? ((field['items'] ?? {}) as JsonSchema) : plain(field);
    return [row, ...rowsOf(inner, `${name}${field['type'] === 'array' ? '[]' : ''}.`)];
  });
};

/** `{…} or null` is shown with the fields of what it is when it is not null. */
const plain = (schema: JsonSchema): JsonSchema => {
  const some = ((schema['anyOf'] ?? []) as JsonSchema[]).filter(s => s['type'] !== 'null');
  return some.length === 1 && some[0] !== undefined ? some[0] : schema;
};

const typeOf = (schema: JsonSchema | boolean): string => {
  // of a tuple: nothing comes after what is listed
  if (typeof schema === 'boolean') return schema ? 'anything' : 'as listed';
  const alternatives = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (alternatives !== undefined) return [...new Set(alternatives.map(alternativeOf))].join(' or ');
  if ('const' in schema) return `\`${JSON.stringify(schema['const'])}\``;
  if (Array.isArray(schema['enum'])) return schema['enum'].map(v => `\`${String(v)}\``).join(' ');
  if (Array.isArray(schema['type'])) return schema['type'].join(' or ');
  if (schema['type'] === 'array') return `list of ${typeOf((schema['items'] ?? {}) as JsonSchema | boolean)}`;
  if (schema['type'] === 'object' && typeof schema['additionalProperties'] === 'object') return `map to ${typeOf(schema['additionalProperties'] as JsonSchema)}`;
  if (schema['format'] === 'date-time') return 'time';
  if (typeof schema['format'] === 'string') return schema['format'];
  return String(schema['type'] ?? 'anything');
};

const alternativeOf = (schema: JsonSchema): string => {
  const names = Object.keys((schema['properties'] ?? {}) as object);
  return names.length === 0 ? typeOf(schema) : `{ ${names.map(n => `\`${n}\``).join(', ')} }`;
};

const LIMITS: readonly (readonly [string, (value: unknown) => string])[] = [
  ['minimum', v => `at least ${String(v)}`], ['maximum', v => `at most ${String(v)}`],
  ['minLength', v => `at least ${String(v)} characters`], ['maxLength', v => `at most ${String(v)} characters`],
  ['pattern', v => `\`${String(v)}\``], ['default', v => `default \`${JSON.stringify(v)}\``],
];

const meaningOf = (schema: JsonSchema): string =>
  [schema['description'], ...LIMITS.filter(([k]) => schema[k] !== undefined).map(([k, say]) => say(schema[k]))].filter(Boolean).join('; ');
