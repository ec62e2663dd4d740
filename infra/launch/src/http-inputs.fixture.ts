/** Requests that nobody should send, made from the published OpenAPI document: a good request with one thing wrong. */

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string; readonly in?: string }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema; readonly example?: unknown } } };
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Input {
  /** `<operation> <where> = <what>` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Absent: no body. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const LONG = 'x'.repeat(70_000);
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const TEXTS = ['', ' ', '\u0000', 'a\nb', '‮evil', '💣'.repeat(300), '../../etc/passwd', '$(id)', '`id`', "'; drop table persons; --", '<script>alert(1)</script>', '%00', '>', '*', 'cmd.xanthus.>', '-rf', '__proto__', '\ud800', LONG];
const OTHERS: readonly unknown[] = [null, true, 0, -1, 1e308, 2 ** 53, 0.5, [], {}, [[]], { $ref: '#/' }, { toString: 1, constructor: { prototype: {} } }, Array(2_000).fill(1)];
const HOSTILE: readonly unknown[] = [...TEXTS, ...OTHERS];
/** Of path parameters; as they go on the wire. */
const IDS = ['new', 'all', 'xanthus', '..%2f..%2fhealth', '%00', '%ff', '*', '%3e', 'a.b', '%20', 'x'.repeat(3_000), '01jd3x8e2v5y9w4z7q6r1s0tab', '__proto__', 'constructor', '%F0%9F%92%A3'];
const QUERIES = ['limit=-1', 'limit=1e9', 'limit=x', 'cursor=%00', 'cursor=../..', 'filter=%7B', 'filter=*', 'wait=view', 'wait=', 'limit=5&limit=6', 'a[b]=c', '%', `cursor=${'y'.repeat(4_000)}`];
const RAW_BODIES = ['', '{', 'null', '[]', '"x"', '0', 'NaN', '{"a":1,"a":2}', '\ufeff{}', '{"__proto__":{"polluted":true}}', deep(10_000), `{"a":${deep(200)}}`, `{"a":"${LONG.repeat(20)}"}`];
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'content-type': 'text/plain' }, { 'content-type': 'application/json; charset=utf-7' }, { 'content-type': 'multipart/form-data' }, { 'idempotency-key': 'x'.repeat(4_000) }, { 'idempotency-key': 'é' },
  { authorization: 'Bearer ' }, { authorization: 'Basic YTpi' }, { authorization: `Bearer ${'a.b.c'.repeat(900)}` }, { cookie: 'xanthus_access=..; xanthus_session=%%%' }, { origin: 'null' }, { origin: 'http://evil.example' },
  { 'xanthus-identity': 'eyJhbGciOiJub25lIn0.e30.' }, { 'nats-request-info': '{}' }, { traceparent: 'zz' }, { 'x-forwarded-for': '127.0.0.1' }, { 'accept-encoding': 'gzip;q=x' }, { range: 'bytes=0-0' }, { expect: '100-continue' },
];

const follow = (document: OpenApi, schema: Schema): Schema => (schema.$ref === undefined ? schema : follow(document, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}));

/** Places in a body, each as the keys that lead to it. */
const placesOf = (document: OpenApi, given: Schema, depth = 0): string[][] => {
  const schema = follow(document, given);
  if (depth > 4) return [];
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap(s => placesOf(document, s, depth));
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, s]) => [[key], ...placesOf(document, s, depth + 1).map(path => [key, ...path])]);
  const items = schema.items === undefined ? [] : placesOf(document, schema.items, depth + 1).map(path => ['0', ...path]);
  return [...choices, ...inner, ...items];
};

const isBox = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A copy of `body` with another value in one place; `undefined` takes the key away. */
const withValue = (body: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  const copy: Record<string, unknown> = isBox(body) ? { ...body } : {};
  const inner = withValue(copy[key], rest, value);
  if (inner === undefined) delete copy[key];
  else Object.defineProperty(copy, key, { value: inner, enumerable: true, configurable: true, writable: true });
  return copy;
};

const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

/** Every request that can be made so; a run takes a sample. */
export const hostileInputs = (document: OpenApi): Input[] => Object.entries(document.paths).flatMap(([template, methods]) => Object.entries(methods).flatMap(([verb, operation]) => {
  const method = verb.toUpperCase();
  const filled = template.replaceAll(/\{\w+\}/g, '01jd3x8e2v5y9w4z7q6r1s0tab');
  const content = operation.requestBody?.content['application/json'];
  const good = content?.example ?? {};
  const body = content === undefined ? {} : { body: JSON.stringify(good) };
  const of = (what: string, more: Partial<Input>): Input => ({ name: `${method} ${template} ${what}`, method, path: filled, ...body, ...more });
  return [
    ...(template.includes('{') ? IDS.map(id => of(`id = ${id.slice(0, 30)}`, { path: template.replaceAll(/\{\w+\}/g, id) })) : []),
    ...QUERIES.map(query => of(`?${query.slice(0, 30)}`, { path: `${filled}?${query}` })),
    ...HEADERS.map(headers => of(`header ${show(headers)}`, { headers })),
    ...(content === undefined ? [] : RAW_BODIES.map(raw => of(`body = ${raw.slice(0, 30)}`, { body: raw }))),
    ...(content === undefined ? [] : placesOf(document, content.schema).flatMap(place => [undefined, ...HOSTILE].map(value => of(`${place.join('.')} = ${show(value)}`, { body: JSON.stringify(withValue(good, place, value)) ?? '' })))),
  ];
}));
