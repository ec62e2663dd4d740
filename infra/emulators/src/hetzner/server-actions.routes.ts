import { created, invalid, refuse, type Answer } from './answer.js';
import { actionDocument, imageDocument, sells } from './documents.js';
import { checkedLabels } from './labels.js';
import { act, switchOff, switchOn } from './machines.js';
import type { Call, Route } from './route.js';
import { freeServer, imageFor, typeOf } from './servers.routes.js';
import { iso, newId, type Action, type Image, type Labels, type Server } from './state.js';

const post = (verb: string, begin: (call: Call, server: Server) => Action | { readonly action: Action; readonly more: object }): Route => ({
  method: 'post', path: `/servers/{id}/actions/${verb}`,
  handle: (call): Answer => {
    const begun = begin(call, freeServer(call));
    const { action, more } = 'more' in begun ? begun : { action: begun, more: {} };
    return created({ action: actionDocument(call.state, action), ...more });
  },
});

const restart = (hard: boolean) => (call: Call, server: Server): Action => {
  if (server.status === 'off') return refuse('conflict', 'server is not running');
  return act(call, server, hard ? 'reset_server' : 'reboot_server', { after: async () => { await switchOff(server, hard); await switchOn(server); } });
};

const resize = (call: Call, server: Server): Action => {
  const { server_type, upgrade_disk } = call.body as { readonly server_type: string; readonly upgrade_disk: boolean };
  const type = typeOf(call, server_type);
  if (server.status !== 'off') return refuse('server_not_stopped', 'server must be stopped to change its type');
  if (type.id === server.type.id) return invalid([{ name: 'server_type', messages: ['server has this type already'] }]);
  if (type.architecture !== server.type.architecture || type.disk < server.disk || type.deprecation.has(server.location.name)) return refuse('invalid_server_type', 'the server type does not fit for the given server or is deprecated');
  if (!sells(call.state, type, server.location.name)) return refuse('resource_unavailable', `server type ${type.name} is not available in ${server.location.name}`);
  return act(call, server, 'change_server_type', { during: 'migrating', after: () => { server.type = type; if (upgrade_disk) server.disk = type.disk; server.status = 'off'; } });
};

const rebuild = (call: Call, server: Server): { readonly action: Action; readonly more: object } => {
  const body = call.body as { readonly image: string; readonly user_data?: string };
  if (server.protection.rebuild) return refuse('protected', 'server rebuild is protected');
  const image = imageFor(call, body.image, server.type);
  const action = act(call, server, 'rebuild_server', {
    during: 'rebuilding',
    after: async () => {
      await server.machine?.halt(true);
      await server.machine?.rebuild(image.name ?? String(image.id), body.user_data ?? server.user_data);
      server.image = image;
      await switchOn(server);
    },
  });
  return { action, more: { root_password: server.ssh_keys.length > 0 ? null : 'YItygq1v3GYjjMomLaKc' } };
};

const snapshot = (call: Call, server: Server): { readonly action: Action; readonly more: object } => {
  const body = (call.body ?? {}) as { readonly description?: string; readonly labels?: Labels; readonly type?: 'snapshot' | 'backup' };
  if (body.type === 'backup') return refuse('unsupported_error', 'backups are not enabled for this server');
  const image: Image = {
    id: newId(call.state), type: 'snapshot', status: 'creating', name: null, description: body.description ?? `${server.name} snapshot`, os_flavor: server.image?.os_flavor ?? 'unknown', os_version: server.image?.os_version ?? null,
    architecture: server.type.architecture, disk_size: server.disk, image_size: null, created: iso(call.state.now()), created_from: { id: server.id, name: server.name }, deprecated: null, labels: checkedLabels(body.labels), project: call.project.id,
  };
  call.state.images.set(image.id, image);
  const action = call.actions.begin(call.project, {
    command: 'create_image', resources: [{ id: server.id, type: 'server' }, { id: image.id, type: 'image' }],
    effect: () => { image.status = 'available'; image.image_size = 2.3; server.locked = false; },
    failed: () => { call.state.images.delete(image.id); server.locked = false; },
  });
  server.locked = true;
  return { action, more: { image: imageDocument(image) } };
};

export const serverActionRoutes: readonly Route[] = [
  post('poweron', (call, server) => act(call, server, 'start_server', { during: server.status === 'off' ? 'starting' : server.status, after: () => switchOn(server) })),
  post('poweroff', (call, server) => act(call, server, 'stop_server', { during: server.status === 'running' ? 'stopping' : server.status, after: () => switchOff(server, true) })),
  // It says only that the signal was sent: a machine whose system hangs stays on.
  post('shutdown', (call, server) => act(call, server, 'shutdown_server', { after: async () => { if (server.status === 'running' && !server.dead) await switchOff(server, false); } })),
  post('reboot', restart(false)),
  post('reset', restart(true)),
  post('change_type', resize),
  post('rebuild', rebuild),
  post('create_image', snapshot),
];
