import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { GATEWAY_ROUTES, HTTP_ROWS } from '../src/http.js';
import { asyncApi } from './asyncapi.js';
import { commandsOf, eventsOf, queriesOf, services, viewsOf } from './contracts.js';
import { openApi } from './openapi.js';
import { schemaFiles } from './schemas.js';

type Node = Record<string, unknown>;
const nodesOf = (value: unknown): Node[] => (typeof value !== 'object' || value === null ? [] : [...(Array.isArray(value) ? [] : [value as Node]), ...Object.values(value).flatMap(nodesOf)]);
const resolve = (document: unknown, ref: string): unknown => ref.slice(2).split('/').map(t => t.replaceAll('~1', '/').replaceAll('~0', '~')).reduce<unknown>((node, t) => (node as Node | undefined)?.[t], document);
const deadRefs = (document: unknown): unknown[] => nodesOf(document).map(n => n['$ref']).filter(ref => typeof ref === 'string' && (!ref.startsWith('#/') || resolve(document, ref) === undefined));

describe('JSON Schema', () => {
  it('of every body is valid, and takes its own example', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const compiled = new Map([...schemaFiles()].map(([path, text]) => [path, ajv.compile(JSON.parse(text) as object)]));
    const check = (path: string, example: unknown): void => {
      const validate = compiled.get(`proto/generated/json-schema/${path}.json`);
      expect([path, validate?.(example), validate?.errors]).toEqual([path, true, null]);
    };
    for (const [service, s] of services) {
      for (const c of commandsOf(s)) check(`${service}/commands/${c.aggregate}.${c.verb}.input`, c.example);
      for (const q of queriesOf(s)) check(`${service}/queries/${q.question}.input`, q.example);
      for (const e of eventsOf(s)) check(`${service}/events/${e.type}.v${e.schema}`, e.example);
      for (const v of viewsOf(s)) check(`${service}/views/${v.view}.v${v.schema}`, v.example);
    }
  });

  it('of what is stored refuses what does not fit and takes fields of next month', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(JSON.parse(schemaFiles().get('proto/generated/json-schema/vps/events/ServerRenamed.v1.json') ?? '') as object);
    expect(validate({ name: 'web-2', of_next_month: 1 })).toBe(true);
    expect(validate({ name: 7 })).toBe(false);
    expect(validate({})).toBe(false);
  });
});

describe('the OpenAPI document', () => {
  const document = openApi('1.2.3');

  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate({ ...structuredClone(document) });
    expect(result).toEqual({ valid: true });
    expect(deadRefs(document)).toEqual([]);
  });

  it('has every route once, under an operation id of its own', () => {
    const operations = Object.entries(document['paths'] as Record<string, Record<string, Node>>).flatMap(([path, methods]) => Object.entries(methods).map(([method, o]) => ({ route: `${method.toUpperCase()} ${path}`, id: o['operationId'] })));
    expect(operations.map(o => o.route).sort()).toEqual([...HTTP_ROWS, ...GATEWAY_ROUTES].map(r => `${r.method} ${r.path.replace(/:(\w+)/g, '{$1}')}`).sort());
    expect(new Set(operations.map(o => o.id)).size).toBe(operations.length);
  });

  it('shows no refresh token: it is only ever a cookie', () => {
    expect(JSON.stringify(document)).not.toContain('refresh_token');
  });
});

describe('the AsyncAPI document', () => {
  const document = asyncApi('1.2.3') as { asyncapi: string; channels: Record<string, Node>; operations: Record<string, Node>; components: { messages: Record<string, Node>; parameters: Node } };

  it('has no reference into nothing', () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(deadRefs(document)).toEqual([]);
  });

  it('names components by the allowed characters', () => {
    for (const name of [...Object.keys(document.components.messages), ...Object.keys(document.components.parameters)]) expect(name).toMatch(/^[a-zA-Z0-9.\-_]+$/);
  });

  it('has channels whose parameters are those of their address', () => {
    for (const [name, channel] of Object.entries(document.channels)) {
      const inAddress = [...String(channel['address'] ?? '').matchAll(/\{(\w+)\}/g)].map(m => m[1]);
      expect([name, Object.keys((channel['parameters'] ?? {}) as Node)]).toEqual([name, inAddress]);
    }
  });

  it('has operations whose messages belong to their channel, and replies to theirs', () => {
    for (const [name, operation] of Object.entries(document.operations)) {
      expect([name, ['send', 'receive'].includes(String(operation['action']))]).toEqual([name, true]);
      const channel = (operation['channel'] as { $ref: string }).$ref;
      for (const m of (operation['messages'] ?? []) as { $ref: string }[]) expect(m.$ref.startsWith(`${channel}/messages/`)).toBe(true);
      const reply = operation['reply'] as { channel: { $ref: string }; messages: { $ref: string }[] } | undefined;
      for (const m of reply?.messages ?? []) expect(m.$ref.startsWith(`${reply?.channel.$ref}/messages/`)).toBe(true);
    }
  });

  it('has every command, query, event and view, each with the subject that the builder makes', () => {
    for (const [service, s] of services) {
      for (const c of commandsOf(s)) expect(document.channels[`${service}.${c.aggregate}.${c.verb}`]?.['address']).toBe(`cmd.{tenant}.${service}.${c.aggregate}.${c.on === 'new' ? 'new' : '{id}'}.${c.verb}`);
      for (const q of queriesOf(s)) expect(document.channels[`${service}.query.${q.question}`]?.['address']).toBe(`qry.{tenant}.${service}.${q.question}.${q.on === 'all' ? 'all' : '{id}'}`);
      for (const e of eventsOf(s)) expect(document.components.messages[`${service}.event.${e.type}`]).toBeDefined();
      for (const v of viewsOf(s)) expect(document.channels[`${service}.view.${v.view}`]?.['address']).toBe(`{tenant}.${v.view}.{id}`);
    }
  });
});
