import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking, at, KEY, WEB, type Ask } from './client.fixture.js';
import { CONTRACTS, document } from './contract.js';
import { startHetznerEmulator, type HetznerEmulator } from './emulator.js';
import { ROUTES } from './serve.js';

// Everything that the emulator answers, good or bad, is what the official OpenAPI document allows; what the document forbids is refused.

let h: HetznerEmulator;
let ask: Ask;
let server: number;
let key: number;
let snapshot: number;
let action: number;
let readOnly: string;
beforeAll(async () => {
  h = await startHetznerEmulator({ actionTime: Infinity });
  ask = asking(h);
  readOnly = h.addToken({ access: 'read' });
  key = Number(at(await ask('POST', '/ssh_keys', { name: 'laptop', public_key: KEY, labels: { a: 'b' } }), 'ssh_key', 'id'));
  const made = await ask('POST', '/servers', { ...WEB, ssh_keys: ['laptop'], labels: { managed_by: 'xanthus' }, user_data: '#cloud-config\n' });
  server = Number(at(made, 'server', 'id'));
  action = Number(at(made, 'action', 'id'));
  await h.finishActions();
  snapshot = Number(at(await ask('POST', `/servers/${server}/actions/create_image`, { description: 'before' }), 'image', 'id'));
  await h.finishActions();
});
afterAll(() => h.stop());

const fill = (path: string): string => path.replace('{action_id}', String(action)).replace('{id}', String(
  path.startsWith('/ssh_keys') ? key : path.startsWith('/images') ? snapshot : path.startsWith('/actions') ? action : path.startsWith('/server_types') ? 114 : path.startsWith('/locations') ? 1 : path.startsWith('/datacenters') ? 4 : server,
));
const BODIES: Readonly<Record<string, unknown>> = {
  'post /servers': { ...WEB, name: 'web-2', image: '161547269', location: '2', public_net: { enable_ipv4: false, ipv6: null }, start_after_create: false },
  'put /servers/{id}': { name: 'web-9', labels: { role: '' } },
  'post /servers/{id}/actions/change_type': { server_type: 'cx33', upgrade_disk: false },
  'post /servers/{id}/actions/rebuild': { image: 'debian-12' },
  'post /servers/{id}/actions/create_image': { description: 'x', labels: { a: 'b' } },
  'post /ssh_keys': { name: 'second', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA b' },
  'put /ssh_keys/{id}': { name: 'renamed' },
};
const QUERIES: Readonly<Record<string, string>> = { 'get /actions': '?id=1', 'get /images': '?type=system&type=snapshot&architecture=x86&sort=name:desc&include_deprecated=true', 'get /servers': '?label_selector=managed_by%3Dxanthus&status=running&page=1&per_page=50' };
const routes = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method} ${path}`));
/** What takes something away comes last. */
const ordered = [...routes.filter(r => !r.startsWith('delete')), ...routes.filter(r => r.startsWith('delete'))];

const expectAllowed = (): void => {
  for (const { route, status, body } of h.answers) expect({ route, status, wrong: CONTRACTS.get(route)?.answer(status, body) }).toEqual({ route, status, wrong: [] });
};

describe('the document', () => {
  it('is served whole: a route for each path and method of it, and no other', () => {
    expect(ROUTES.map(r => `${r.method} ${r.path}`).sort()).toEqual([...routes].sort());
  });

  it.each(ordered)('%s: a good answer', async route => {
    const [method = '', path = ''] = route.split(' ');
    if (!route.startsWith('delete')) await h.powerOutside(server, route.endsWith('change_type') ? 'off' : 'on');
    const query = route === 'get /actions' ? `?id=${action}` : QUERIES[route] ?? '';
    const reply = await ask(method.toUpperCase(), `${fill(path)}${query}`, BODIES[route]);
    await h.finishActions();
    expect(String(reply.status)).toBe(Object.keys(document.paths[path]?.[method]?.responses ?? {})[0]);
    expect(CONTRACTS.get(route)?.answer(reply.status, reply.body)).toEqual([]);
  });

  it.each(routes)('%s: a bad token, a read-only one, no such thing, an outage of theirs', async route => {
    const [method = '', path = ''] = route.split(' ');
    const send = (p: string, token?: string) => ask(method.toUpperCase(), p, BODIES[route], token);
    const nobody = await send(fill(path), 'n'.repeat(64));
    expect([nobody.status, at(nobody, 'error', 'code')]).toEqual([401, 'unauthorized']);
    if (method !== 'get') expect(at(await send(fill(path), readOnly), 'error', 'code')).toBe('token_readonly');
    if (path.includes('{id}')) expect((await send(path.replace('{id}', '9').replace('{action_id}', '9'))).status).toBe(404);
    h.fail({ code: 'unavailable' });
    const down = await send(`${fill(path)}${QUERIES[route] ?? ''}`);
    expect([down.status, at(down, 'error', 'code')]).toEqual([503, 'unavailable']);
    expectAllowed();
  });

  it('is what an answer is held against: a missing field, a null, a wrong word, a body too many', async () => {
    const { body } = await ask('GET', '/images/161547269');
    const image = (body as { image: Record<string, unknown> }).image;
    const { id: _id, ...rest } = image;
    const answer = (value: unknown) => CONTRACTS.get('get /images/{id}')?.answer(200, value)?.length;
    expect([answer({ image }), answer({ image: { ...image, name: null } }), answer({ image: rest }), answer({ image: { ...image, labels: null } }), answer({ image: { ...image, status: 'lost' } })].map(n => n === 0)).toEqual([true, true, false, false, false]);
    expect(CONTRACTS.get('delete /images/{id}')?.answer(204, {})).not.toEqual([]);
    expect(CONTRACTS.get('delete /images/{id}')?.answer(302, {})).toBeUndefined();
  });

  it('allowed every answer of this spec', () => {
    expect(new Set(h.answers.map(a => a.route))).toEqual(new Set(routes));
    expectAllowed();
  });
});

/** Every way to break one rule of the document, made from it: a missing field, a value of another type or outside its list. */
interface Rule { readonly type?: string; readonly enum?: readonly string[]; readonly items?: Rule; readonly $ref?: string; readonly allOf?: readonly Rule[]; readonly properties?: Readonly<Record<string, Rule>>; readonly required?: readonly string[] }
const resolved = (rule: Rule): Rule => (rule.$ref === undefined ? rule : document.components.schemas[rule.$ref.replace('#/components/schemas/', '')] as Rule);
const wrongValue = (rule: Rule): unknown => (rule.type === 'string' ? 42 : 'nonsense');
interface Broken { readonly label: string; readonly method: string; readonly path: string; readonly body?: unknown; readonly field: string }
const broken: readonly Broken[] = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, operation]): Broken[] => {
  const of = (field: string, what: string, more: Partial<Broken>): Broken => ({ label: `${method} ${path}: ${field} ${what}`, method: method.toUpperCase(), path, field, ...more });
  const parameters = (operation.parameters ?? []).flatMap(({ in: place, name, required, schema }): Broken[] => {
    const rule = schema as Rule;
    const item = rule.items ?? rule;
    const value = item.type === 'string' && !item.enum ? undefined : 'nonsense';
    return [
      ...(value === undefined ? [] : [of(name, 'is nonsense', { path: place === 'path' ? path.replace(`{${name}}`, value) : `${path}?${name}=${value}` })]),
      ...(required && place === 'query' ? [of(name, 'is missing', {})] : []),
    ];
  });
  const content = operation.requestBody?.content['application/json']?.schema as Rule | undefined;
  if (!content) return parameters;
  const rule = resolved(content);
  const good = (BODIES[`${method} ${path}`] ?? {}) as Readonly<Record<string, unknown>>;
  return [
    ...parameters,
    ...(rule.required ?? []).map(name => of(name, 'is missing', { body: Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)) })),
    ...Object.entries(rule.properties ?? {}).map(([name, property]) => of(name, 'is of another type', { body: { ...good, [name]: wrongValue(resolved(property)) } })),
    ...Object.entries(rule.properties ?? {}).flatMap(([name, property]) => (property.enum ? [of(name, 'is not in the list', { body: { ...good, [name]: 'nonsense' } })] : [])),
    ...Object.entries(rule.properties ?? {}).flatMap(([name, property]) => (property.items ? [of(name, 'holds another type', { body: { ...good, [name]: [wrongValue(resolved(property.items))] } })] : [])),
  ];
}));

describe('what the document forbids', () => {
  it('is a lot', () => expect(broken.length).toBeGreaterThan(80));

  it.each(broken.map(b => [b.label, b] as const))('%s', async (_, { method, path, body, field }) => {
    const reply = await ask(method, fill(path), body);
    expect([reply.status, at(reply, 'error', 'code')]).toEqual([422, 'invalid_input']);
    expect(((at(reply, 'error', 'details', 'fields') ?? []) as { name: string }[]).some(f => f.name === field || f.name.startsWith(`${field}.`))).toBe(true);
  });

  const bad: readonly (readonly [method: string, path: string, body: unknown, field: string])[] = [
    ['POST', '/servers', {}, 'image'],
    ['POST', '/servers', { ...WEB, name: 7 }, 'name'],
    ['POST', '/servers', { ...WEB, labels: { a: 'not allowed!' } }, 'labels.a'],
    ['POST', '/servers', { ...WEB, ssh_keys: 'laptop' }, 'ssh_keys'],
    ['POST', '/servers', { ...WEB, start_after_create: 'yes' }, 'start_after_create'],
    ['POST', '/servers', { ...WEB, public_net: { ipv4: 'x' } }, 'public_net.ipv4'],
    ['POST', '/servers', [], ''],
    ['GET', '/servers?sort=size', undefined, 'sort'],
    ['GET', '/servers?status=broken', undefined, 'status'],
    ['GET', '/servers?page=one', undefined, 'page'],
    ['GET', '/servers/web-1', undefined, 'id'],
    ['GET', '/actions', undefined, 'id'],
    ['GET', '/images?architecture=sparc', undefined, 'architecture'],
    ['POST', '/servers/1/actions/change_type', { server_type: 'cx33' }, 'upgrade_disk'],
    ['POST', '/servers/1/actions/rebuild', { image: 4711 }, 'image'],
    ['POST', '/servers/1/actions/create_image', { type: 'copy' }, 'type'],
    ['POST', '/ssh_keys', { name: 'x' }, 'public_key'],
    ['PUT', '/ssh_keys/1', { labels: { x: 3 } }, 'labels.x'],
  ];
  it.each(bad)('%s %s %j is invalid_input in %s', async (method, path, body, field) => {
    const reply = await ask(method, path, body);
    expect([reply.status, at(reply, 'error', 'code')]).toEqual([422, 'invalid_input']);
    expect(((at(reply, 'error', 'details', 'fields') ?? []) as { name: string; messages: string[] }[]).map(f => f.name)).toContain(field);
    expectAllowed();
  });

  it('what is no JSON, no path or no method says so', async () => {
    expect(at(await ask('POST', '/servers', '{"name":'), 'error', 'code')).toBe('json_error');
    expect(at(await ask('GET', '/volumes'), 'error', 'code')).toBe('not_found');
    expect((await ask('PATCH', '/servers')).status).toBe(405);
  });
});
