#!/usr/bin/env node
/**
 * Cuts the OpenAPI document of the Hetzner Cloud API down to what the emulator has: its routes, the components that they refer to, and of each
 * what a validator reads (no descriptions, examples or code samples).
 *
 *   node infra/emulators/tools/cut-hetzner-openapi.mjs <the whole document> > infra/emulators/src/hetzner/openapi.json
 */
import { readFileSync } from 'node:fs';

const SERVER_ACTIONS = ['poweron', 'poweroff', 'reboot', 'reset', 'shutdown', 'change_type', 'rebuild', 'create_image'];
const ROUTES = {
  '/servers': ['get', 'post'], '/servers/{id}': ['get', 'put', 'delete'], '/servers/{id}/actions': ['get'], '/servers/{id}/actions/{action_id}': ['get'],
  ...Object.fromEntries(SERVER_ACTIONS.map(verb => [`/servers/{id}/actions/${verb}`, ['post']])),
  '/actions': ['get'], '/actions/{id}': ['get'],
  '/ssh_keys': ['get', 'post'], '/ssh_keys/{id}': ['get', 'put', 'delete'],
  '/images': ['get'], '/images/{id}': ['get', 'delete'],
  '/server_types': ['get'], '/server_types/{id}': ['get'], '/locations': ['get'], '/locations/{id}': ['get'], '/datacenters': ['get'], '/datacenters/{id}': ['get'],
  '/pricing': ['get'],
};
/** Prose, where it stands beside a schema; a property that is called `description` is an object with a schema in it. */
const isProse = (key, value) => ['description', 'example', 'examples', 'summary', 'title', 'externalDocs'].includes(key) && !(typeof value === 'object' && value !== null && ('type' in value || '$ref' in value || 'allOf' in value));
const bare = value => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key, v]) => !isProse(key, v) && !key.startsWith('x-') && key !== 'tags').map(([key, v]) => [key, bare(v)]));
};

const whole = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const paths = Object.fromEntries(Object.entries(ROUTES).map(([path, methods]) => [path, Object.fromEntries(methods.map(method => {
  const operation = bare(whole.paths[path][method]);
  const responses = Object.fromEntries(Object.entries(operation.responses).map(([status, response]) => [status, { description: '', ...response }]));
  return [method, { ...operation, responses }];
}))]));
const schemas = {};
const collect = value => {
  if (Array.isArray(value)) return value.forEach(collect);
  if (typeof value !== 'object' || value === null) return undefined;
  const name = typeof value.$ref === 'string' ? value.$ref.replace('#/components/schemas/', '') : undefined;
  if (name !== undefined && !(name in schemas)) { schemas[name] = bare(whole.components.schemas[name]); collect(schemas[name]); }
  return Object.values(value).forEach(collect);
};
collect(paths);
const cut = {
  openapi: whole.openapi,
  info: { title: 'Hetzner Cloud API, as far as it is emulated', version: whole.info.version, description: 'Cut by tools/cut-hetzner-openapi.mjs from the official document.' },
  servers: whole.servers.slice(0, 1), security: whole.security, paths,
  components: { schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))), securitySchemes: bare(whole.components.securitySchemes) },
};
process.stdout.write(`${JSON.stringify(cut, null, 1)}\n`);
