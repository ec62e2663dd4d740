/** How somebody gets into an application: told to who may have it told, and written down before it is. */
import { handle, readWithSeq, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { streamName, type OutputOf } from '@xanthus/proto';
import type { EntryAccess, readAccess } from '@xanthus/proto/applications';
import { z } from 'zod';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import type { Cluster, Limits } from '../cluster/cluster.js';
import { readSecret, serviceAccountToken } from '../cluster/objects.js';
import { reach, type Reached } from '../life/reach.js';
import type { SealedRelease } from '../running/ports.js';
import { mustBeAllowed } from '../use-cases/rights.js';
import { namedAt } from './passwords.js';
import { isHashOf } from './secret-tools.js';

type Told = Omit<OutputOf<typeof readAccess>, 'id' | 'stream' | 'seq'>;
type Of<K extends EntryAccess['kind']> = Extract<EntryAccess, { kind: K }>;
interface At { readonly on: ApplicationsContext; readonly call: Call; readonly reached: Reached; cluster(): Promise<Cluster>; readonly sealed: SealedRelease; readonly limits: Limits }

const noAccess = (message: string): Refusal => new Refusal('APPLICATION.NO_ACCESS', message);
const secretAt = async ({ reached, cluster, sealed, limits }: At, template: string): Promise<{ readonly name: string; readonly keys: ReadonlyMap<string, string> }> => {
  const name = namedAt(template, reached.state, sealed);
  return { name, keys: await readSecret(await cluster(), { namespace: reached.state.namespace, name }, limits) ?? new Map() };
};

const password = async (at: At, { username, secret, key, hint }: Of<'password'>): Promise<Told> => {
  const { name, keys } = await secretAt(at, secret);
  const found = keys.get(key);
  if (found === undefined) throw noAccess(`The Secret ${name} with its password is not in the cluster (any more). Look at what was changed there, and have it reverted.`);
  return { kind: 'password', username, secret: found, initial: !at.reached.state.password_changed, expires_at: null, hint };
};

/** Only the hash says which password counts: what was set from here, or the first one, or one that nobody here knows. */
const bcrypt = async (at: At, access: Of<'bcrypt'>): Promise<Told> => {
  const [{ keys }, first, changed] = await Promise.all([secretAt(at, access.secret), secretAt(at, access.initial_secret), at.on.sealed.accessOf(at.call.tenant, at.call.id)]);
  const hash = keys.get(access.key);
  const initial = first.keys.get(access.initial_key) ?? null;
  const told = (secret: string | null, isFirst: boolean, hint = access.hint): Told => ({ kind: 'bcrypt', username: access.username, secret, initial: isFirst, expires_at: null, hint });
  if (changed !== null && await isHashOf(changed, hash)) return told(changed, false);
  if (initial !== null && (hash === undefined || await isHashOf(initial, hash))) return told(initial, true);
  if (hash === undefined) throw noAccess(`The application has not made its first password yet: there is no Secret ${first.name}. Wait until it runs${at.reached.state.observed?.health === 'deployed' ? ', or set a password here' : ''}.`);
  return told(null, false, 'Its password was changed inside the application, which keeps only a hash of it. If nobody knows it any more, set another one here.');
};

const expiry = z.object({ exp: z.number() });
/** What the token itself says: the cluster may give it a shorter life than was asked for. */
const endOf = (token: string): string | null => {
  try {
    return new Date(expiry.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))).exp * 1_000).toISOString();
  } catch {
    return null;
  }
};
/** It may do in the cluster what the service account may: that takes the right to work on the server too. */
const token = async (at: At, { service_account, minutes, hint }: Of<'token'>): Promise<Told> => {
  const { state } = at.reached;
  mustBeAllowed(at.on, at.call, { server: state.server, zone: null });
  const secret = await serviceAccountToken(await at.cluster(), { namespace: state.namespace, name: namedAt(service_account, state, at.sealed), minutes }, at.limits);
  return { kind: 'token', username: '', secret, initial: false, expires_at: endOf(secret), hint };
};

const toldOf = (at: At): Promise<Told> => {
  const { access } = at.sealed.entry;
  switch (access.kind) {
    case 'password': return password(at, access);
    case 'bcrypt': return bcrypt(at, access);
    case 'token': return token(at, access);
    default: return Promise.resolve({ kind: access.kind, username: '', secret: null, initial: false, expires_at: null, hint: access.hint });
  }
};

/** Of one call of a program, ms. */
const LONGEST = 15_000;
/** @throws Refusal APPLICATION.NOT_FOUND, APPLICATION.NO_ACCESS, CLUSTER.… */
export const accessOf = async (on: ApplicationsContext, call: Call): Promise<OutputOf<typeof readAccess>> => {
  const { tenant, id } = call;
  const reached = await reach(on, call, { reason: 'show how to get in', act: call.actor });
  if (!reached.sealed) throw noAccess('It has no release yet, so there is nothing to get into. Wait until it is deployed.');
  let cluster: Promise<Cluster> | undefined;
  const told = await toldOf({ on, call, reached, cluster: () => (cluster ??= reached.cluster()), sealed: reached.sealed, limits: { signal: call.signal, timeout_ms: LONGEST } });
  if (told.secret === null || told.kind === 'none' || told.kind === 'first-visit') return { id, stream: streamName('applications'), seq: (await readWithSeq(on, applicationType, tenant, id)).seq, ...told };
  return { ...writtenBy(await handle(on, applicationType, call.context(), { type: 'NoteAccess', kind: told.kind })), ...told };
};
