import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { HostKey, ServerCredential, ServerJump } from '@xanthus/proto/vps';
import type { ServerEvent } from '../server/server.js';

/** How a server is reached; `blocked`: it is not to be called on now. Changes only when the connection must be made anew. Names of secrets, never secrets. */
export interface Target {
  readonly tenant: string;
  readonly id: string;
  readonly provider: string;
  /** Of one that was made here: the provider's own id of it, and the account. */
  readonly provider_ref?: string;
  readonly provider_id?: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly credential: ServerCredential;
  readonly host_key: HostKey;
  readonly blocked: boolean;
  /** The machine in front of it. */
  readonly jump?: ServerJump | undefined;
}

export const TARGETS = '_targets';
/** Internal, never shown: `_targets.<tenant>.<id>` */
export const targetKey = (tenant: string, id: string): string => `${TARGETS}.${tenant}.${id}`;
/** Internal, never shown: the ids of the servers that are reached with an SSH key, `_key-users.<tenant>.<ssh key>` */
export const keyUsersKey = (tenant: string, sshKey: string): string => `_key-users.${tenant}.${sshKey}`;

const fold = (target: Target | undefined, event: RecordedEvent): Target | undefined => {
  const known = event as unknown as ServerEvent;
  if (known.type === 'ServerAdopted') {
    const { provider, host, port, user, credential, host_key, jump } = known.data;
    return { tenant: event.tenant, id: event.aggregate.id, provider, host, port, user, credential, host_key, blocked: false, ...(jump ? { jump } : {}) };
  }
  if (known.type === 'ServerRequested') {
    const { provider, port, user, credential, host_key, provider_id } = known.data;
    return { tenant: event.tenant, id: event.aggregate.id, provider, provider_id, host: '', port, user, credential, host_key, blocked: true };
  }
  if (!target) return undefined;
  switch (known.type) {
    // Nobody can call on it before, nor is it missed while it goes.
    case 'ServerPlaced': return { ...target, host: known.data.host, port: known.data.port, provider_ref: known.data.provider_ref, blocked: false };
    case 'ServerRemovalRequested': return { ...target, blocked: true };
    case 'ServerHostKeyChanged': return { ...target, blocked: true };
    case 'ServerHostKeyAccepted': return { ...target, host_key: known.data.host_key, blocked: false };
    case 'ServerDeleted': return undefined;
    default: return target;
  }
};

/** What must the monitor connect to, and with what? */
export const targetsProjection: Projection = keyedProjection<Target>({
  name: 'targets',
  version: 2,
  schema: 1,
  keys: event => (event.aggregate.name === 'server' ? [targetKey(event.tenant, event.aggregate.id)] : []),
  evolve: fold,
});

/** Which servers would be lost with an SSH key? */
export const keyUsersProjection: Projection = {
  name: 'key-users',
  version: 2,
  schema: 1,
  async project(event, view) {
    if (event.aggregate.name !== 'server') return [];
    const { id } = event.aggregate;
    const known = event as unknown as ServerEvent;
    if (known.type === 'ServerAdopted') {
      const used = [...new Set([known.data.credential, known.data.jump?.credential].flatMap(c => (c?.kind === 'ssh_key' ? [c.id] : [])))];
      if (used.length === 0) return [];
      const changes = await Promise.all(used.map(async (sshKey) => {
        const key = keyUsersKey(event.tenant, sshKey);
        return { key, value: [...new Set([...(await view.get<string[]>(key)) ?? [], id])] };
      }));
      return [...changes, { key: ownKey(event.tenant, id), value: used }];
    }
    if (known.type !== 'ServerDeleted') return [];
    const used = (await view.get<string[]>(ownKey(event.tenant, id))) ?? [];
    if (used.length === 0) return [];
    const changes = await Promise.all(used.map(async (sshKey) => {
      const key = keyUsersKey(event.tenant, sshKey);
      const users = ((await view.get<string[]>(key)) ?? []).filter(u => u !== id);
      return users.length > 0 ? { key, value: users } : { key, deleted: true as const };
    }));
    return [...changes, { key: ownKey(event.tenant, id), deleted: true }];
  },
};

const ownKey = (tenant: string, server: string): string => `_key-of.${tenant}.${server}`;
