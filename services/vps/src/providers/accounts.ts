/** Connecting, checking and disconnecting accounts at providers. */
import { createHash } from 'node:crypto';
import { lastSequence } from '@xanthus/jetstream';
import { earlierTry, handle, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call, IdentitySigner } from '@xanthus/nest';
import { streamName, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { checkProvider as checkContract, connectProvider as connectContract, replaceProviderKey as replaceContract } from '@xanthus/proto/vps';
import { nameKey } from '@xanthus/vault';
import type { DriftRow } from '../views/drift.js';
import type { ProviderRow } from '../views/providers.js';
import type { ServerRow } from '../views/servers.js';
import type { VpsContext } from '../vps.context.js';
import { accountType } from './account/account.decide.js';
import { accountNameTaken, keyInUse, otherAccount } from './account/account.errors.js';
import { isLiveAccount, keyMark, type Account } from './account/account.js';
import { keyFrom, type KeySource } from './key-source.js';
import { isProviderCode } from './provider.errors.js';
import { ourLabels, type ProviderAdapter } from './provider.js';

const MOST_ACCOUNTS = 50;
/** That the view shows what was written already, ms. */
const VIEW_PATIENCE = 5_000;

/** Enough to tell two keys apart, too little to guess one. */
const hintOf = (key: string): string | null => (key.length < 24 ? null : `${key.slice(0, 4)}…${key.slice(-4)}`);
/** Of each try a name of its own, the same when it is repeated: a key that an event names is never overwritten by another. */
const secretName = ({ id, command_id }: Call, fingerprint: string): string => `provider-${id}-${createHash('sha256').update(`${command_id} ${fingerprint}`).digest('hex').slice(0, 8)}`;
const claimName = async (vps: VpsContext, tenant: string, name: string) => ({ kind: 'provider-name', key: await nameKey(vps, tenant, name), taken: accountNameTaken(name) });
const claimKey = async (vps: VpsContext, tenant: string, kind: string, fingerprint: string | null) => ({ kind: 'provider-key', key: await nameKey(vps, tenant, keyMark(kind, fingerprint)), taken: keyInUse() });

/** @throws Refusal PROVIDER.KIND_UNKNOWN, PROVIDER.KIND_UNAVAILABLE */
const adapterFor = async (vps: VpsContext, kind: string): Promise<ProviderAdapter> => {
  const adapter = vps.providers.adapters.find(a => a.kind === kind);
  if (!adapter) throw new Refusal('PROVIDER.KIND_UNKNOWN', `There is no provider ${kind} here. Known are ${vps.providers.adapters.map(a => a.kind).join(', ')}.`);
  const reason = await adapter.unavailable();
  if (reason !== undefined) throw new Refusal('PROVIDER.KIND_UNAVAILABLE', reason);
  return adapter;
};

/** The same project twice would see its servers as strangers. Said here with its name; two at once meet on the marker. */
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
  const { key, about } = await tried(vps, signer, adapter, input.key, call);
  const claims = [await claimName(vps, call.tenant, input.name), await claimKey(vps, call.tenant, adapter.kind, about.fingerprint)];
  return keeping(vps, call.tenant, about.secret, key, async () => writtenBy(await handle(vps, accountType, call.context(), { type: 'Connect', data: { kind: adapter.kind, name: input.name, ...about } }, claims)));
};

/** Machines to look for one by one, where a list does not show them. */
const LOOKS = 5;

/**
 * A key of another project would find none of this account's machines: they would count as gone, and cost on where nobody looks. Where a provider names no account, one of its
 * machines that the key sees is the proof; those that are known to be missing prove nothing. @throws Refusal PROVIDER.OTHER_ACCOUNT, and what the provider says
 */
const refuseOther = async (vps: VpsContext, adapter: ProviderAdapter, key: string, call: Call): Promise<void> => {
  const [servers, drift] = await Promise.all([vps.views.list<ServerRow>(call.tenant, 'servers'), vps.views.list<DriftRow>(call.tenant, 'drift')]);
  const missing = new Set(drift.filter(d => d.value.data.findings.some(f => f.kind === 'missing')).map(d => d.id));
  const refs = servers.flatMap(({ id, value: { data } }) => (data.provider_id === call.id && data.provider_ref !== undefined && !missing.has(id) ? [data.provider_ref] : []));
  if (refs.length === 0) return;
  const provider = vps.providers.withKey(call.tenant, call.id, adapter, key);
  if ((await provider.findServers(ourLabels(call.tenant), call.signal)).some(m => refs.includes(m.ref))) return;
  for (const ref of refs.slice(0, LOOKS)) if (await provider.server(ref, call.signal)) return;
  throw otherAccount();
};

export const replaceProviderKey = async (vps: VpsContext, signer: IdentitySigner, input: ParsedInputOf<typeof replaceContract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, accountType, call);
  if (before) return writtenBy(before);
  const { account: { kind } } = await vps.providers.account(call.tenant, call.id);
  const adapter = await adapterFor(vps, kind);
  const { key, about } = await tried(vps, signer, adapter, input.key, call);
  if (about.account === null && key !== '') await refuseOther(vps, adapter, key, call);
  return keeping(vps, call.tenant, about.secret, key, async () => writtenBy(await handle(vps, accountType, call.context(), { type: 'ReplaceKey', data: about }, [await claimKey(vps, call.tenant, kind, about.fingerprint)])));
};

export const renameProvider = async (vps: VpsContext, name: string, call: Call): Promise<Written> =>
  writtenBy(await handle(vps, accountType, call.context(), { type: 'Rename', data: { name } }, [await claimName(vps, call.tenant, name)]));

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
  // A server that was ordered a moment ago may not be shown yet; without its account nobody could delete its machine.
  const last = await lastSequence(vps.nc, streamName('vps'), 'evt.*.vps.server.*');
  if (!await vps.views.waitFor(last, VIEW_PATIENCE)) throw new Refusal('UNAVAILABLE', 'What uses this account can\'t be told just now. Try again in a moment.', undefined, true);
  const servers = await vps.views.list<ServerRow>(call.tenant, 'servers');
  const usedBy = servers.filter(s => s.value.data.provider_id === call.id).map(s => s.value.data.name);
  return writtenBy(await handle(vps, accountType, call.context(), { type: 'Disconnect', data: { usedBy } }));
};
