/** The OpenAPI document as validators. It is 3.0: `nullable` is no JSON Schema, so that is rewritten when it is read; the file itself stays as it was cut. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats, { type FormatsPlugin } from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
interface Parameter { readonly in: string; readonly name: string; readonly required?: boolean; readonly schema: { readonly type?: string } }
type Content = Readonly<Record<string, { readonly schema: Json }>>;
interface Operation { readonly parameters?: readonly Parameter[]; readonly requestBody?: { readonly required?: boolean; readonly content: Content }; readonly responses: Readonly<Record<string, { readonly content?: Content }>> }
interface OpenApi { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>; readonly components: { readonly schemas: Readonly<Record<string, Json>> } }

export const document = JSON.parse(readFileSync(fileURLToPath(new URL('openapi.json', import.meta.url)), 'utf8')) as OpenApi;

export const plain = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as { readonly [key: string]: Json };
  const schema = Object.fromEntries(Object.entries(rest).map(([key, v]) => [key, key === '$ref' && typeof v === 'string' ? v.replace('#/components/schemas/', 'api#/definitions/') : plain(v)]));
  return nullable === true ? { anyOf: [{ type: 'null' }, schema] } : schema;
};

export interface Problem { readonly name: string; readonly messages: readonly string[] }
export interface Contract {
  readonly parameters: (path: Readonly<Record<string, string>>, query: URLSearchParams) => readonly Problem[];
  readonly takesBody: boolean;
  readonly body: (value: unknown) => readonly Problem[];
  /** What is wrong with an answer; undefined for a status that the document doesn't have. */
  readonly answer: (status: number, body: unknown) => readonly string[] | undefined;
}

const ajv = new Ajv({ strict: false, allErrors: true });
(addFormats as unknown as FormatsPlugin)(ajv);
ajv.addFormat('decimal', /^-?\d+(?:\.\d+)?$/);
ajv.addSchema({ $id: 'api', definitions: plain(document.components.schemas) as Record<string, object> });
/** Text of a path or query is coerced, as any server does. */
const lenient = new Ajv({ strict: false, allErrors: true, coerceTypes: true });
(addFormats as unknown as FormatsPlugin)(lenient);

const fieldOf = (error: ErrorObject): string => {
  const at = error.instancePath.split('/').filter(part => part !== '');
  const missing = error.keyword === 'required' ? [String((error.params as { missingProperty?: unknown }).missingProperty)] : [];
  return [...at, ...missing].join('.');
};
const problems = (validate: ValidateFunction, prefix = ''): Problem[] => {
  const byField = new Map<string, string[]>();
  for (const error of validate.errors ?? []) byField.set(prefix + fieldOf(error), [...byField.get(prefix + fieldOf(error)) ?? [], error.keyword === 'required' ? 'Missing data for required field.' : error.message ?? 'Invalid value.']);
  return [...byField].map(([name, messages]) => ({ name, messages }));
};

const contractOf = (operation: Operation): Contract => {
  const content = (of: { readonly content?: Content } | undefined): Json | undefined => of?.content?.['application/json']?.schema;
  const bodySchema = content(operation.requestBody);
  const body = bodySchema === undefined ? undefined : ajv.compile(plain(bodySchema) as object);
  const parameters = (operation.parameters ?? []).map(parameter => ({ ...parameter, validate: lenient.compile({ type: 'object', properties: { value: plain(parameter.schema as Json) } } as object) }));
  const answers = new Map(Object.entries(operation.responses).map(([status, response]) => { const schema = content(response); return [status, schema === undefined ? undefined : ajv.compile(plain(schema) as object)]; }));
  return {
    takesBody: body !== undefined,
    body: value => (body === undefined || body(value) ? [] : problems(body)),
    parameters: (path, query) => parameters.flatMap(({ in: place, name, required, schema, validate }) => {
      const given = place === 'path' ? [path[name] ?? ''] : query.getAll(name);
      if (given.length === 0) return required ? [{ name, messages: ['Missing data for required field.'] }] : [];
      return validate({ value: schema.type === 'array' ? given : given.at(-1) }) ? [] : [{ name, messages: (validate.errors ?? []).map(e => e.message ?? 'Invalid value.') }];
    }),
    answer: (status, value) => {
      const key = answers.has(String(status)) ? String(status) : `${Math.floor(status / 100)}xx`;
      if (!answers.has(key)) return undefined;
      const validate = answers.get(key);
      if (validate === undefined) return value === undefined ? [] : ['a body where none is allowed'];
      return validate(value) ? [] : (validate.errors ?? []).map(e => `${e.instancePath} ${e.message ?? ''}`);
    },
  };
};

/** By `get /servers/{id}` */
export const CONTRACTS: ReadonlyMap<string, Contract> = new Map(
  Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): [string, Contract] => [`${method} ${path}`, contractOf(operation)])),
);
