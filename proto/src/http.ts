/** The HTTP API as rows: a route is a method, a path and the contract behind it. The gateway holds no business rule. */
import {
  addMember, assignRole, createCredential, credentialView, explain, memberNames, memberView, removeMember, revokeCredential, revokeSession, roleView, sessionView,
} from './auth/index.js';
import type { CommandContract, QueryContract, ViewContract } from './contract.js';
import { acceptHostKey, adoptSandbox, adoptServer, deleteServer, generateSshKey, importSshKey, removeSshKey, renameServer, sandboxInfo, testConnection } from './vps/commands.js';
import { metricsView, serverView, sshKeyView } from './vps/views.js';

export interface HttpRow {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:id` is the aggregate's or view's id. */
  readonly path: string;
  readonly target: CommandContract | QueryContract | ViewContract;
  /** Views only: one value instead of a list. */
  readonly one?: true;
  /** Views that belong to the person, not to the tenant (sessions): keyed under the installation's tenant and the person. */
  readonly own?: true;
}

export const HTTP_ROWS: readonly HttpRow[] = [
  { method: 'GET', path: '/api/vps', target: serverView },
  { method: 'GET', path: '/api/vps/sandbox', target: sandboxInfo },
  { method: 'POST', path: '/api/vps/adopt', target: adoptServer },
  { method: 'POST', path: '/api/vps/adopt-sandbox', target: adoptSandbox },
  { method: 'POST', path: '/api/vps/test-connection', target: testConnection },
  { method: 'GET', path: '/api/vps/:id', target: serverView, one: true },
  { method: 'DELETE', path: '/api/vps/:id', target: deleteServer },
  { method: 'POST', path: '/api/vps/:id/rename', target: renameServer },
  { method: 'POST', path: '/api/vps/:id/accept-host-key', target: acceptHostKey },
  { method: 'GET', path: '/api/vps/:id/metrics', target: metricsView, one: true },
  { method: 'GET', path: '/api/ssh-keys', target: sshKeyView },
  { method: 'POST', path: '/api/ssh-keys', target: generateSshKey },
  { method: 'POST', path: '/api/ssh-keys/import', target: importSshKey },
  { method: 'DELETE', path: '/api/ssh-keys/:id', target: removeSshKey },
  { method: 'GET', path: '/api/members', target: memberView },
  { method: 'GET', path: '/api/members/names', target: memberNames },
  { method: 'POST', path: '/api/members', target: addMember },
  { method: 'POST', path: '/api/members/:id/role', target: assignRole },
  { method: 'DELETE', path: '/api/members/:id', target: removeMember },
  { method: 'GET', path: '/api/roles', target: roleView },
  { method: 'GET', path: '/api/sessions', target: sessionView, own: true },
  { method: 'DELETE', path: '/api/sessions/:id', target: revokeSession, own: true },
  { method: 'GET', path: '/api/credentials', target: credentialView },
  { method: 'POST', path: '/api/credentials', target: createCredential },
  { method: 'DELETE', path: '/api/credentials/:id', target: revokeCredential },
  { method: 'POST', path: '/api/explain/:id', target: explain },
];

/** Routes of the gateway itself: log-in (cookies) and operations. Documented in OpenAPI beside the rows. */
export const GATEWAY_ROUTES = [
  { method: 'GET', path: '/health', summary: 'Alive.' },
  { method: 'GET', path: '/ready', summary: 'Each dependency by name.' },
  { method: 'GET', path: '/metrics', summary: 'Prometheus; loopback or XANTHUS_METRICS_TOKEN.' },
  { method: 'GET', path: '/version', summary: 'Version and build.' },
  { method: 'GET', path: '/.well-known/jwks.json', summary: 'Public keys of access tokens.' },
  { method: 'GET', path: '/api/openapi.json', summary: 'This API.' },
  { method: 'GET', path: '/api/asyncapi.json', summary: 'Subjects, streams and frames.' },
  { method: 'GET', path: '/api/docs', summary: 'The API as a page.' },
  { method: 'GET', path: '/api/auth/setup', summary: 'Does the installation have an owner yet?' },
  { method: 'POST', path: '/api/auth/setup', summary: 'Make the first tenant and its owner.' },
  { method: 'POST', path: '/api/auth/login', summary: 'Log in; sets the refresh cookie.' },
  { method: 'POST', path: '/api/auth/refresh', summary: 'A fresh access token for the refresh cookie.' },
  { method: 'POST', path: '/api/auth/logout', summary: 'End this session.' },
  { method: 'GET', path: '/api/auth/session', summary: 'Who is logged in.' },
  { method: 'GET', path: '/api/durables', summary: 'Your durable subscriptions.' },
  { method: 'DELETE', path: '/api/durables/:stream/:name', summary: 'Delete one; whoever holds it is told.' },
] as const;
