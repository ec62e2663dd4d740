/** OpenAPI 3.1 of the gateway: every row of `HTTP_ROWS` and the gateway's own routes. */
import { z } from 'zod';
import { cloudflareLogIn, cloudflareTokenHelp, completeSetup, passwordLogIn, proveSession, resetPassword, sessionTokens, switchSession, validateCloudflareToken } from '../src/auth/index.js';
import { ERROR_CODES } from '../src/codes.js';
import type { CommandContract, QueryContract } from '../src/contract.js';
import { GATEWAY_ROUTES, HTTP_ROWS, type HttpRow } from '../src/http.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.js';

type Part = Record<string, unknown>;

const envelope = (data: JsonSchema): JsonSchema => ({ type: 'object', properties: { status: { const: 'success' }, data }, required: ['status', 'data'] });
const answer = (description: string, data: JsonSchema): Part => ({ description, content: { 'application/json': { schema: envelope(data) } } });
const ERRORS = { default: { $ref: '#/components/responses/Error' } };
const pathOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');
const idParameter = (path: string): Part[] => (path.includes(':id') ? [{ $ref: '#/components/parameters/id' }] : []);

/** `POST /api/vps/:id/rename` → `vps.id.rename.post` */
const operationId = (method: string, path: string): string => [...path.split('/').filter(p => p !== '' && p !== 'api').map(p => p.replace(/^[:.]/, '').replaceAll('.', '-')), method.toLowerCase()].join('.');
const tagOf = (path: string): string => path.split('/')[2] ?? 'operations';

const value = (data: JsonSchema): JsonSchema => ({
  type: 'object', properties: { id: { type: 'string' }, schema: { type: 'integer' }, seq: { type: 'integer', description: 'Sequence of the last event folded into it.' }, time: { type: 'string', format: 'date-time' }, data }, required: ['id', 'schema', 'seq', 'time', 'data'],
});
const AS_OF: JsonSchema = { type: 'object', properties: { stream: { type: 'string' }, seq: { type: 'integer' } }, required: ['stream', 'seq'] };

const viewOperation = (row: HttpRow & { target: { kind: 'view' } }): Part => {
  const item = value(jsonSchemaOf(row.target.data));
  const at = row.own === true || row.target.no_past !== undefined ? [] : [{ $ref: '#/components/parameters/at' }];
  if (row.one === true) return { ...(at.length === 0 ? {} : { parameters: at }), responses: { 200: answer(row.target.summary, { ...item, properties: { ...(item['properties'] as object), as_of: AS_OF } }), ...ERRORS } };
  // What belongs to the person is few and answered whole.
  if (row.own === true) return { responses: { 200: answer(row.target.summary, { type: 'object', properties: { items: { type: 'array', items: item } }, required: ['items'] }), ...ERRORS } };
  const list: JsonSchema = { type: 'object', properties: { items: { type: 'array', items: item }, next_cursor: { type: 'string' }, as_of: AS_OF }, required: ['items', 'as_of'] };
  return { parameters: [...['limit', 'cursor', 'filter'].map(p => ({ $ref: `#/components/parameters/${p}` })), ...at], responses: { 200: answer(row.target.summary, list), ...ERRORS } };
};

const body = (schema: JsonSchema, example?: unknown): Part => ({ requestBody: { required: true, content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } } });
const isEmpty = (schema: JsonSchema): boolean => Object.keys((schema['properties'] ?? {}) as object).length === 0;

/** A question asked by GET takes its input from the address. */
const queryParameters = (input: JsonSchema): Part[] => {
  const required = (input['required'] ?? []) as readonly string[];
  return Object.entries((input['properties'] ?? {}) as Record<string, JsonSchema>).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
};
const choice = ({ field, targets }: NonNullable<HttpRow['by']>): JsonSchema => ({ type: 'object', properties: { [field]: { type: 'string', enum: Object.keys(targets) } }, required: [field] });

const naming = ({ field, by, as }: NonNullable<HttpRow['named']>, input: JsonSchema): JsonSchema => {
  const { [as ?? '']: _renamed, ...properties } = (input['properties'] ?? {}) as Record<string, JsonSchema>;
  const required = ((input['required'] ?? []) as readonly string[]).filter(name => name !== as);
  return { ...input, properties: { [field]: { type: 'string', description: `Its ${by.join(' or ')}.` }, ...properties }, required: [field, ...required] };
};

const callOperation = (row: HttpRow & { target: { kind: 'command' | 'query' } }): Part => {
  const { target } = row;
  const input = jsonSchemaOf(target.input);
  const output = jsonSchemaOf(target.output);
  const writes = target.kind === 'command' && ['stream', 'seq'].every(f => f in ((output['properties'] ?? {}) as object));
  return {
    ...descriptionOf(target),
    ...(row.method === 'GET' && !isEmpty(input) ? { parameters: queryParameters(input) } : {}),
    ...(target.kind === 'command' ? { parameters: ['IdempotencyKey', ...(writes ? ['wait'] : [])].map(p => ({ $ref: `#/components/parameters/${p}` })) } : {}),
    ...(row.method === 'POST' ? row.named !== undefined ? body(naming(row.named, input)) : (row.by === undefined ? isEmpty(input) ? {} : body(input, target.example) : body(choice(row.by))) : {}),
    responses: {
      ...(writes ? { 200: answer('Stored, and the view shows it (`wait=view`).', output), 202: answer('Stored; views follow within milliseconds.', output) } : { 200: answer(target.summary, output) }),
      ...ERRORS,
    },
  };
};

const rowOperation = (row: HttpRow): Part => {
  const { target } = row;
  const own = target.kind === 'view' ? viewOperation({ ...row, target }) : callOperation({ ...row, target });
  const parameters = [...idParameter(row.path), ...((own['parameters'] ?? []) as Part[])];
  return { operationId: operationId(row.method, row.path), tags: [tagOf(row.path)], summary: target.summary, ...own, ...(parameters.length === 0 ? {} : { parameters }) };
};

const descriptionOf = ({ errors, sudo }: CommandContract | QueryContract): Part => {
  const sentences = [...(sudo === true ? ['Asks for a fresh proof of who one is (`AUTH.PROOF_NEEDED`).'] : []), ...(errors.length === 0 ? [] : [`Refusals of its own: ${errors.map(e => `\`${e}\``).join(', ')}.`])];
  return sentences.length === 0 ? {} : { description: sentences.join(' ') };
};

/** What the gateway keeps for itself (the cookie, where the request came from) is not part of these bodies. */
const publicTokens = sessionTokens.omit({ refresh_token: true, device_token: true });
const GATEWAY_BODIES: Readonly<Record<string, { readonly input?: z.ZodType; readonly output?: z.ZodType; readonly by?: 'nobody' | 'cookie' }>> = {
  'GET /api/auth/setup': { output: z.object({ done: z.boolean() }), by: 'nobody' },
  'POST /api/auth/setup': { input: completeSetup.input.omit({ device: true }), output: publicTokens, by: 'nobody' },
  'POST /api/auth/login': { input: z.union([passwordLogIn.omit({ device: true, method: true }), cloudflareLogIn.omit({ device: true, method: true })]), output: publicTokens, by: 'nobody' },
  'GET /api/auth/cloudflare': { output: cloudflareTokenHelp.output, by: 'nobody' },
  'POST /api/auth/validate': { input: validateCloudflareToken.input.omit({ device: true }), output: validateCloudflareToken.output, by: 'nobody' },
  'POST /api/auth/cloudflare/validate': { input: validateCloudflareToken.input.omit({ device: true }), by: 'nobody' },
  'POST /api/auth/prove': { input: proveSession.input, output: proveSession.output },
  'POST /api/auth/switch': { input: switchSession.input.omit({ device: true }), output: publicTokens },
  'POST /api/auth/reset': { input: resetPassword.input.omit({ device: true }), output: resetPassword.output, by: 'nobody' },
  'POST /api/auth/refresh': { output: publicTokens, by: 'cookie' },
  'POST /api/auth/logout': { output: z.object({ ended: z.boolean() }), by: 'cookie' },
  'GET /api/auth/session': { output: z.object({ user: z.object({ id: z.string(), name: z.string() }), tenant: z.object({ id: z.string(), name: z.string() }), session: z.string(), expires_at: z.iso.datetime(), proved_until: z.iso.datetime().optional() }) },
};
const OPEN = ['/health', '/ready', '/metrics', '/version', '/.well-known/jwks.json', '/api/openapi.json', '/api/asyncapi.json', '/api/docs'];

const gatewayOperation = (route: (typeof GATEWAY_ROUTES)[number]): Part => {
  const own = GATEWAY_BODIES[`${route.method} ${route.path}`];
  const bare = OPEN.includes(route.path);
  return {
    operationId: operationId(route.method, route.path), tags: [route.path.startsWith('/api/auth') ? 'auth' : 'operations'], summary: route.summary,
    ...(bare || own?.by === 'nobody' ? { security: [] } : own?.by === 'cookie' ? { security: [{ cookie: [] }] } : {}),
    ...(own?.input === undefined ? {} : body(jsonSchemaOf(own.input))),
    responses: { 200: bare ? { description: route.summary } : answer(route.summary, own?.output === undefined ? {} : jsonSchemaOf(own.output)), ...ERRORS },
  };
};

export const openApi = (version: string): JsonSchema => {
  const paths: Record<string, Part> = {};
  const add = (method: string, path: string, operation: Part): void => void ((paths[pathOf(path)] ??= {})[method.toLowerCase()] = operation);
  for (const row of HTTP_ROWS) add(row.method, row.path, rowOperation(row));
  for (const route of GATEWAY_ROUTES) add(route.method, route.path, gatewayOperation(route));
  const query = (name: string, description: string, schema: JsonSchema): Part => ({ name, in: 'query', description, schema });
  return {
    openapi: '3.1.0',
    info: { title: 'Xanthus', version, description: 'The HTTP API: commands, queries and views as routes. Generated from the contracts in `proto`.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'xanthus_session', description: 'Set at log-in, swapped at each refresh; needs an allowed Origin.' },
      },
      parameters: {
        id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        limit: query('limit', 'Items per page.', { type: 'integer', minimum: 1, maximum: 1_000 }),
        cursor: query('cursor', '`next_cursor` of the page before.', { type: 'string' }),
        filter: query('filter', 'Words that an item must contain.', { type: 'string' }),
        at: query('at', 'As it was then: all that was stored at this time or before; without `filter`. Refusals of its own: `PAST.IN_FUTURE`, `PAST.NOT_READY` (ask again), `PAST.TOO_LARGE`.', { type: 'string', format: 'date-time' }),
        wait: query('wait', 'Answer when the view shows the change, 5 s at most.', { const: 'view' }),
        IdempotencyKey: { name: 'Idempotency-Key', in: 'header', description: 'Takes effect once per key, tenant and user.', schema: { type: 'string', minLength: 1, maxLength: 128 } },
      },
      responses: { Error: { description: 'A refusal.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } } },
      schemas: {
        Error: {
          type: 'object',
          properties: { status: { const: 'error' }, code: { type: 'string', description: `A service's own \`AREA.REASON\`, or one of ${Object.keys(ERROR_CODES).join(', ')}.` }, message: { type: 'string' }, correlation_id: { type: 'string' }, details: {} },
          required: ['status', 'code', 'message', 'correlation_id'],
        },
      },
    },
  };
};
