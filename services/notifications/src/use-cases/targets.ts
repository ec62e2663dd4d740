/** Where a channel leads: made from what a person gave and what is kept, in the vault alone; in events in part. */
import { createHash } from 'node:crypto';
import type { ChannelTarget } from '@xanthus/proto/notifications';
import { secretNeeded } from '../channel/channel.errors.js';
import type { NotificationsContext } from '../notifications.context.js';
import type { Target } from '../senders/sender.js';

/** Of each try a name of its own, the same when it is repeated: what an event names is never overwritten by another. */
export const secretName = (id: string, command_id: string, fingerprint: string): string => `channel-${id}-${createHash('sha256').update(`${command_id} ${fingerprint}`).digest('hex').slice(0, 8)}`;

export const readTarget = async (on: Pick<NotificationsContext, 'vault'>, tenant: string, secret: string): Promise<Target> => JSON.parse(await on.vault.getText(tenant, secret)) as Target;

/** First letter and the domain. */
const masked = (address: string): string => `${address.slice(0, 1)}…${address.slice(address.lastIndexOf('@'))}`;

export const labelOf = (target: Target): string => {
  if (target.kind !== 'email') return `${new URL(target.url).origin}/…`;
  const [first = '', ...rest] = target.to;
  return `${masked(first)}${rest.length > 0 ? ` and ${rest.length} more` : ''}, by ${target.server === null ? 'the installation\'s mail server' : target.server.host}`;
};

/** @param before of the same kind: what a change leaves out stays. @throws Refusal CHANNEL.SECRET_NEEDED */
export const targetFrom = (given: ChannelTarget, before: Target | undefined): Target => {
  if (given.kind === 'email') {
    const known = before?.kind === 'email' ? before.server : null;
    if (given.server === null) return { kind: 'email', server: null, to: given.to };
    const { user, password, ...server } = given.server;
    // A password that is kept goes nowhere else than to the server and user that it was given for.
    const same = known !== null && known.host === server.host && known.port === server.port && known.user === user && (known.security === server.security || server.security !== 'none');
    const kept = password ?? (same ? known.password : undefined);
    if (user !== undefined && user !== '' && kept === undefined) throw secretNeeded('the password of that user');
    return { kind: 'email', to: given.to, server: { ...server, ...(user === undefined || user === '' ? {} : { user, password: kept }) } };
  }
  const url = given.url ?? (before?.kind === given.kind ? before.url : undefined);
  if (url === undefined) throw secretNeeded('the address');
  if (given.kind === 'slack') return { kind: 'slack', url };
  // Whoever holds a signed message could pass it on to the former address: a secret that is kept signs for the same host only.
  const kept = before?.kind === 'webhook' && new URL(before.url).origin === new URL(url).origin ? before.secret : undefined;
  const secret = given.secret ?? kept;
  if (secret === undefined) throw secretNeeded(before === undefined ? 'a signing secret' : 'a new signing secret for another host');
  return { kind: 'webhook', url, secret };
};
