/** What happens to a server over time: create, power, size, disk. */
import type { Call } from './route.js';
import { newAddress, newId, iso, type Action, type Image, type Location, type Project, type Server, type ServerType, type SshKey, type State, type Labels } from './state.js';

export interface Wish {
  readonly name: string;
  readonly type: ServerType;
  readonly image: Image;
  readonly location: Location;
  readonly labels: Labels;
  readonly user_data: string;
  readonly ssh_keys: readonly SshKey[];
  readonly ipv4: boolean;
  readonly created?: number;
  readonly dead?: boolean;
}

/** Listed from now on, not on yet. */
export const addServer = async (state: State, project: Project, wish: Wish): Promise<Server> => {
  const id = newId(state);
  const dead = wish.dead ?? state.deadLeft > 0;
  if (wish.dead === undefined && dead) state.deadLeft -= 1;
  const { type, image, name, user_data } = wish;
  // A dead machine has an address where nobody is.
  const machine = state.backing && !dead
    ? await state.backing.create({ id, name, image: image.name ?? String(image.id), architecture: type.architecture, cores: type.cores, memory: type.memory, disk: type.disk, user_data, ssh_keys: wish.ssh_keys.map(k => k.public_key) })
    : null;
  const server: Server = {
    id, name, status: 'initializing', type, image, location: wish.location, created: iso(wish.created ?? state.now()), labels: wish.labels, address: machine?.address ?? newAddress(state),
    ipv6: `2001:db8:${(id % 65_535).toString(16)}::`, ipv4Enabled: wish.ipv4, disk: type.disk, locked: false, protection: { delete: false, rebuild: false }, user_data, ssh_keys: wish.ssh_keys, dead, machine,
  };
  project.servers.set(id, server);
  return server;
};

interface Step { readonly during?: Server['status']; readonly after: () => Promise<void> | void; readonly locks?: boolean; /** Another one follows it. */ readonly keepsLock?: boolean; readonly behind?: Action; readonly failed?: () => void }

/** An action on a server: locked and in its passing state until it ends; a failed one leaves it as it was. */
export const act = (call: Pick<Call, 'actions' | 'project'>, server: Server, command: string, { during, after, locks = true, keepsLock = false, behind, failed }: Step, more: Action['resources'] = []): Action => {
  const before = server.status;
  if (during) server.status = during;
  if (locks) server.locked = true;
  return call.actions.begin(call.project, {
    command, resources: [{ id: server.id, type: 'server' }, ...more], ...(behind && { after: behind }),
    effect: async () => { await after(); server.locked = keepsLock; },
    failed: () => { server.status = before; server.locked = false; failed?.(); },
  });
};

export const switchOn = async (server: Server): Promise<void> => { await server.machine?.boot(); server.status = 'running'; };
export const switchOff = async (server: Server, hard: boolean): Promise<void> => { await server.machine?.halt(hard); server.status = 'off'; };
