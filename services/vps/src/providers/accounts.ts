/** Connecting, checking and disconnecting accounts at providers. */
import { createHash } from 'node:crypto';
import { Refusal } from '@xanthus/kernel';
import type { Call, IdentitySigner } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import type { checkProvider as checkContract, connectProvider as connectContract, replaceProviderKey as replaceContract } from '@xanthus/proto/vps';
import type { ProviderRow } from '../views/providers.js';
import type { ServerRow } from '../views/servers.js';
import { earlierTry, handle, nameKey, writtenBy, type VpsContext } from '../vps.context.js';
import { accountType } from './account/account.decide.js';
import { accountNameTaken, keyInUse } from './account/account.errors.js';
import { isLiveAccount, type Account } from './account/account.js';
import { keyFrom, type KeySource } from './key-source.js';
import { isProviderCode } from './provider.errors.js';
import type { ProviderAdapter } from './provider.js';

const MOST_ACCOUNTS = 50;

/** Enough to tell two keys apart, too little to guess one. */
const hintOf = (key: string): string | null => (key.length < 24 ? null : `${key.slice(0, 4)}…${key.slice(-4)}`);
/** Of each try a name of its own, the same when it is repeated: a key that an event names is never overwritten by another. */
const secretName = ({ id, command_id }: Call, fingerprint: string): string => `provider-${id}-${createHash('sha256').update(`${command_id} ${fingerprint}`).digest('hex').slice(0, 8)}`;
const claimOf = async (vps: VpsContext, tenant: string, name: string) => [{ kind: 'provider-name', key: await nameKey(vps, tenant, name), taken: accountNameTaken(name) }];

/** @throws Refusal PROVIDER.KIND_UNKNOWN, PROVIDER.KIND_UNAVAILABLE */
const adapterFor = async (vps: VpsContext, kind: string): Promise<ProviderAdapter> => {
  const adapter = vps.providers.adapters.find(a => a.kind === kind);
  if (!adapter) throw new Refusal('PROVIDER.KIND_UNKNOWN', `There is no provider ${kind} here. Known are ${vps.providers.adapters.map(a => a.kind).join(', ')}.`);
  const reason = await adapter.unavailable();
  if (reason !== undefined) throw new Refusal('PROVIDER.KIND_UNAVAILABLE', reason);
  return adapter;
};

/** The same project twice would see its servers as strangers. */
const refuseDouble = async (vps: VpsContext, tenant: string, kind: string, fingerprint: string | null, but: string): Promise<void> => {
  const rows = await vps.views.list<ProviderRow>(tenant, 'providers');
  if (rows.length >= MOST_ACCOUNTS && !rows.some(r => r.id === but)) throw new Refusal('PROVIDER.LIMIT_REACHED', `An organisation has at most ${MOST_ACCOUNTS} accounts at providers. Disconnect one that isn't used.`);
  for (const { id, value } of rows.filter(r => r.value.data.kind === kind && r.id !== but)) {
    const other = await vps.providers.account(tenant, id).catch(() => undefined);
    if (other && other.account.fingerprint === fingerprint) throw keyInUse(value.data.name);
  }
};

/** Tries a key before anything is kept. */
const tried = async (vps: VpsContext, signer: IdentitySigner, adapter: ProviderAdapter, source: KeySource | undefined, call: Call): Promise<{ readonly key: string; readonly about: Pick<Account, 'secret' | 'hint' | 'fingerprint' | 'account'> }> => {
  const key = await keyFrom(vps, signer, adapter, source, call);
  const fingerprint = key === '' ? null : await vps.vault.fingerprintOf(call.tenant, key);
  await refuseDouble(vps, call.tenant, adapter.kind, fingerprint, call.id);
  const { account } = await vps.providers.withKey(call.tenant, call.id, adapter, key).validate(call.signal);
  return { key, about: { secret: fingerprint === null ? null : secretName(call, fingerprint), hint: adapter.hint?.(key) ?? hintOf(key), fingerprint, account } };
};

/** The key lies in the vault before the event names it; what a refusal leaves goes again. */
const keeping = async <T>(vps: VpsContext, tenant: string, secret: string | null, key: string, write: () => Promise<T>): Promise<T> => {
  if (secret === null) return write();
  await vps.vault.put(tenant, secret, key);
  try {
    return await write();
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'PROVIDER.EXISTS') await vps.vault.destroy(tenant, secret);
    throw error;
  }
};

export const connectProvider = async (vps: VpsContext, signer: IdentitySigner, input: ParsedInputOf<typeof connectContract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, accountType, call);
  if (before) return writtenBy(before);
  const adapter = await adapterFor(vps, input.kind);
  const claims = await claimOf(vps, call.tenant, input.name);
  const { key, about } = await tried(vps, signer, adapter, input.key, call);
  return keeping(vps, call.tenant, about.secret, key, async () => writtenBy(await handle(vps, accountType, call.context(), { type: 'Connect', data: { kind: adapter.kind, name: input.name, ...about } }, claims)));
};

export const replaceProviderKey = async (vps: VpsContext, signer: IdentitySigner, input: ParsedInputOf<typeof replaceContract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, accountType, call);
  if (before) return writtenBy(before);
  const { account: { kind } } = await vps.providers.account(call.tenant, call.id);
  const { key, about } = await tried(vps, signer, await adapterFor(vps, kind), input.key, call);
  return keeping(vps, call.tenant, about.secret, key, async () => writtenBy(await handle(vps, accountType, call.context(), { type: 'ReplaceKey', data: about })));
};

export const renameProvider = async (vps: VpsContext, name: string, call: Call): Promise<Written> =>
  writtenBy(await handle(vps, accountType, call.context(), { type: 'Rename', data: { name } }, await claimOf(vps, call.tenant, name)));

/** Asks the provider; what it says of the key is the state from then on. @throws Refusal when it could not be asked */
export const checkProvider = async (vps: VpsContext, call: Call): Promise<OutputOf<typeof checkContract>> => {
  const { account: { secret } } = await vps.providers.account(call.tenant, call.id);
  const refused = await vps.providers.tryOf(call.tenant, call.id).then(p => p.validate(call.signal)).then(() => undefined, (error: unknown) => {
    if (!isProviderCode(error, 'KEY_REFUSED', 'KEY_READ_ONLY')) throw error;
    return { code: error.code, message: error.message };
  });
  // the port has noted it as well; this answers with its place in the stream
  const result = await handle(vps, accountType, call.context(), refused ? { type: 'NoteRefused', data: { secret, reason: refused } } : { type: 'NoteAccepted', data: { secret } });
  return { ...writtenBy(result), state: isLiveAccount(result.state) ? result.state.status : 'refused' };
};

export const disconnectProvider = async (vps: VpsContext, call: Call): Promise<Written> => {
  const servers = await vps.views.list<ServerRow & { readonly provider_id?: string | undefined }>(call.tenant, 'servers');
  const usedBy = servers.filter(s => s.value.data.provider_id === call.id).map(s => s.value.data.name);
  return writtenBy(await handle(vps, accountType, call.context(), { type: 'Disconnect', data: { usedBy } }));
};
