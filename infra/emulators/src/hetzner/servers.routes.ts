import { randomBytes } from 'node:crypto';
import { created, invalid, ok, paged, refuse, sorted, type Answer } from './answer.js';
import { actionDocument, sells, serverDocument } from './documents.js';
import { checkedLabels, selector } from './labels.js';
import { act, addServer, switchOn } from './machines.js';
import { idOf, type Call, type Route } from './route.js';
import type { Image, Labels, Location, Server, ServerType, SshKey } from './state.js';

interface CreateBody {
  readonly name: string; readonly server_type: string; readonly image: string; readonly location?: string; readonly datacenter?: string; readonly labels?: Labels; readonly ssh_keys?: readonly string[];
  readonly user_data?: string; readonly start_after_create?: boolean; readonly public_net?: { readonly enable_ipv4?: boolean; readonly enable_ipv6?: boolean };
}

const field = (name: string, message: string): never => invalid([{ name, messages: [message] }]);
const USER_DATA = 32 * 1024;

export const serverOf = (call: Call): Server => call.project.servers.get(idOf(call)) ?? refuse('not_found', 'server not found');
/** One that takes commands now. */
export const freeServer = (call: Call): Server => {
  const server = serverOf(call);
  return server.locked ? refuse('locked', 'server is locked') : server;
};

/** By id or name, as most fields take it. */
const named = <T extends { readonly id: number; readonly name: string }>(all: Iterable<T>, wanted: string): T | undefined => { const list = [...all]; return list.find(x => x.name === wanted) ?? list.find(x => String(x.id) === wanted); };

export const typeOf = (call: Call, wanted: string): ServerType => named(call.state.types, wanted) ?? field('server_type', `server type ${wanted.slice(0, 60)} not found`);

/** A name stands for the system image of the architecture, an id for exactly that image. */
export const imageFor = (call: Call, wanted: string, type: ServerType): Image => {
  const mine = [...call.state.images.values()].filter(i => i.project === undefined || i.project === call.project.id);
  const image = mine.find(i => i.name === wanted && i.architecture === type.architecture) ?? mine.find(i => String(i.id) === wanted) ?? field('image', `image ${wanted.slice(0, 60)} not found`);
  if (image.architecture !== type.architecture) return field('image', 'image is not compatible with the architecture of the server type');
  if (image.status !== 'available') return refuse('image_not_available', 'image is not available');
  return image.disk_size > type.disk ? field('image', `image disk is bigger than the disk of the server type (${image.disk_size} GB)`) : image;
};

const HOST_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const checkedName = (call: Call, name: string, self?: number): string => {
  if (name.length > 253 || !HOST_NAME.test(name)) return field('name', 'must be a valid hostname as per RFC 1123');
  if (call.project.coming.has(name) || [...call.project.servers.values()].some(s => s.name === name && s.id !== self)) return refuse('uniqueness_error', 'server name is already used', { fields: [{ name: 'name' }] });
  return name;
};

const locationFor = (call: Call, body: CreateBody, type: ServerType): Location => {
  const wanted = body.location ?? body.datacenter?.replace(/-dc\d+$/, '');
  const location = wanted === undefined
    ? call.state.locations.find(l => sells(call.state, type, l.name)) ?? call.state.locations.find(l => type.prices.has(l.name))
    : named(call.state.locations, wanted);
  return location ?? field('location', `location ${String(wanted).slice(0, 60)} not found`);
};

const checkedOffer = (call: Call, type: ServerType, { name }: Location): void => {
  if (!type.prices.has(name)) field('server_type', 'unsupported location for server type');
  const deprecation = type.deprecation.get(name);
  if (deprecation && Date.parse(deprecation.unavailable_after) <= call.state.now()) field('server_type', `server type ${type.name} is deprecated and can't be ordered any more`);
  if (!sells(call.state, type, name)) refuse('resource_unavailable', `error during placement: server type ${type.name} is not available in ${name}`);
};

const keysFor = (call: Call, wanted: readonly string[] = []): SshKey[] => wanted.map(w => named(call.project.sshKeys.values(), w) ?? refuse('not_found', `SSH key with ID ${w.slice(0, 60)} not found`));

const create = async (call: Call): Promise<Answer> => {
  const body = call.body as CreateBody;
  const type = typeOf(call, body.server_type);
  const location = locationFor(call, body, type);
  const image = imageFor(call, body.image, type);
  const name = checkedName(call, body.name);
  const labels = checkedLabels(body.labels);
  const ssh_keys = keysFor(call, body.ssh_keys);
  if (Buffer.byteLength(body.user_data ?? '') > USER_DATA) field('user_data', 'Longer than maximum length 32768.');
  const net = body.public_net ?? {};
  if (net.enable_ipv4 === false && net.enable_ipv6 === false) field('public_net', 'a server needs a public or private network');
  checkedOffer(call, type, location);
  if (call.project.servers.size + call.project.coming.size >= call.project.limit) refuse('resource_limit_exceeded', 'server limit exceeded', { limits: [{ name: 'servers' }] });
  call.project.coming.add(name);
  const server = await addServer(call.state, call.project, { name, type, image, location, labels, ssh_keys, user_data: body.user_data ?? '', ipv4: net.enable_ipv4 !== false }).finally(() => call.project.coming.delete(name));
  const starts = body.start_after_create !== false;
  const action = act(call, server, 'create_server', { keepsLock: starts, after: () => { if (!starts) server.status = 'off'; }, failed: () => { server.status = 'off'; } });
  // A failed one leaves its server listed and off: whoever made it has to remove it.
  const next = starts ? [act(call, server, 'start_server', { after: () => switchOn(server), failed: () => { server.status = 'off'; }, behind: action })] : [];
  return created({
    server: serverDocument(call.state, server), action: actionDocument(call.state, action), next_actions: next.map(a => actionDocument(call.state, a)),
    root_password: ssh_keys.length > 0 ? null : randomBytes(15).toString('base64url'),
  });
};

export const serverRoutes: readonly Route[] = [
  {
    method: 'get', path: '/servers', handle: call => {
      const matches = selector(call.query.get('label_selector'));
      const name = call.query.get('name');
      const status = call.query.getAll('status');
      const list = sorted([...call.project.servers.values()].filter(s => matches(s.labels) && (name === null || s.name === name) && (status.length === 0 || status.includes(s.status))), call.query);
      return paged('servers', list.map(s => serverDocument(call.state, s)), call.query);
    },
  },
  { method: 'post', path: '/servers', handle: create },
  { method: 'get', path: '/servers/{id}', handle: call => ok({ server: serverDocument(call.state, serverOf(call)) }) },
  {
    method: 'put', path: '/servers/{id}', handle: call => {
      const server = serverOf(call);
      const body = call.body as { readonly name?: string; readonly labels?: Labels };
      const name = body.name === undefined ? server.name : checkedName(call, body.name, server.id);
      if (body.labels !== undefined) server.labels = checkedLabels(body.labels);
      server.name = name;
      return ok({ server: serverDocument(call.state, server) });
    },
  },
  {
    method: 'delete', path: '/servers/{id}', handle: call => {
      const server = freeServer(call);
      if (server.protection.delete) refuse('protected', 'server deletion is protected');
      return ok({
        action: actionDocument(call.state, act(call, server, 'delete_server', {
          during: 'deleting', after: async () => { await server.machine?.remove(); call.project.servers.delete(server.id); },
        })),
      });
    },
  },
];
