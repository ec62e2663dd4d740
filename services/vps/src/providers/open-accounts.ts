/** Accounts at providers as ports that are bound to them: key from the vault, calls within the shared budget, and what they say of the key is noted. */
import { handle, newId, readState, Refusal } from '@xanthus/kernel';
import type { ProviderCalls } from '@xanthus/providers';
import { ULID, type Actor } from '@xanthus/proto';
import type { ProviderCapabilities } from '@xanthus/proto/vps';
import type { VpsContext } from '../vps.context.js';
import { accountType, type AccountCommand } from './account/account.decide.js';
import { notConnected } from './account/account.errors.js';
import { isLiveAccount, type Account, type LiveAccount } from './account/account.js';
import { isProviderCode } from './provider.errors.js';
import type { Provider, ProviderAdapter } from './provider.js';

export type ProvidersBase = Pick<VpsContext, 'store' | 'snapshots' | 'cache' | 'vault' | 'log' | 'forgotten'>;
export interface ProvidersDeps {
  readonly base: ProvidersBase;
  readonly adapters: readonly ProviderAdapter[];
  readonly calls: ProviderCalls;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
}

export interface OpenFor { /** Drift, prices and the like: they leave a fifth of the budget to people. */ readonly background?: boolean }

export interface Providers {
  readonly adapters: readonly ProviderAdapter[];
  /** Of a kind that may no longer be here: then it can do nothing. */
  capabilities(kind: string): ProviderCapabilities;
  /** Are its machines of this computer, so that they have addresses that nobody else may give? */
  isLocal(kind: string): boolean;
  /**
   * The account as a port. A refused key is noted by whoever meets it, and so is its return.
   * @throws Refusal PROVIDER.NOT_CONNECTED, or the reason for which the provider refuses the key
   */
  of(tenant: string, id: string, o?: OpenFor): Promise<Provider>;
  /** As `of`, also while the key counts as refused: to find out whether it still is. */
  tryOf(tenant: string, id: string, o?: OpenFor): Promise<Provider>;
  /** An account that isn't there yet, with a key to try. */
  withKey(tenant: string, id: string, adapter: ProviderAdapter, key: string): Provider;
  account(tenant: string, id: string): Promise<LiveAccount>;
}

/** Calls with a key that nobody has connected yet count for themselves: before the account's id. */
export const TRYING = 'try-';
const NOTHING: ProviderCapabilities = { create: false, power: [], resize: false, grow_disk: false, rebuild: false, snapshots: false, rename: false, prices: false, architectures: [] };
const WATCHER: Actor = { kind: 'system', id: 'providers' };

export const createProviders = ({ base, adapters, calls, pause, now }: ProvidersDeps): Providers => {
  const adapterOf = (kind: string): ProviderAdapter => {
    const adapter = adapters.find(a => a.kind === kind);
    if (!adapter) throw new Refusal('PROVIDER.KIND_UNAVAILABLE', `This installation has no provider ${kind} (any more).`);
    return adapter;
  };
  const open = (adapter: ProviderAdapter, tenant: string, id: string, key: string, o: OpenFor): Provider => {
    const fetch = calls.fetchFor({ tenant, provider: adapter.kind, account: id, ...o });
    return adapter.open({
      key, pause, now,
      // A key that work still holds in memory is of no use any more once its tenant is forgotten.
      fetch: async (url, init) => {
        if (base.forgotten.has(tenant)) throw new Refusal('KEY.DESTROYED', `The keys of tenant ${tenant} were destroyed.`);
        return fetch(url, init);
      },
    });
  };

  const account = async (tenant: string, id: string): Promise<LiveAccount> => {
    const state = ULID.test(id) ? await readState(base, accountType, tenant, id) : undefined;
    if (!state || !isLiveAccount(state)) throw notConnected();
    return state;
  };

  /** The command's fate is its caller's: whether it can be noted is not. */
  const note = async (tenant: string, id: string, command: AccountCommand): Promise<void> => {
    const at = newId();
    await handle(base, accountType, { tenant, id, actor: WATCHER, now: new Date(now()).toISOString(), command_id: at, correlation_id: at }, command)
      .catch((error: unknown) => base.log.warn({ err: error, tenant, provider: id }, 'what a provider said of a key could not be noted; it comes again'));
  };
  const watched = (tenant: string, id: string, { status, account: { secret } }: LiveAccount, provider: Provider): Provider => around(provider, async (run) => {
    try {
      const answer = await run();
      if (status === 'refused') await note(tenant, id, { type: 'NoteAccepted', data: { secret } });
      return answer;
    } catch (error) {
      if (isProviderCode(error, 'KEY_REFUSED', 'KEY_READ_ONLY')) await note(tenant, id, { type: 'NoteRefused', data: { secret, reason: { code: error.code, message: error.message } } });
      throw error;
    }
  });

  const bound = async (tenant: string, id: string, state: LiveAccount, o: OpenFor): Promise<Provider> => {
    const { kind, secret } = state.account;
    return watched(tenant, id, state, open(adapterOf(kind), tenant, id, secret === null ? '' : await keyIn(base, tenant, secret), o));
  };

  return {
    adapters, account,
    capabilities: kind => adapters.find(a => a.kind === kind)?.capabilities ?? NOTHING,
    isLocal: kind => adapters.some(a => a.kind === kind && a.local === true),
    of: async (tenant, id, o = {}) => {
      const state = await account(tenant, id);
      if (state.status === 'refused') throw new Refusal(state.reason.code, state.reason.message);
      return bound(tenant, id, state, o);
    },
    tryOf: async (tenant, id, o = {}) => bound(tenant, id, await account(tenant, id), o),
    withKey: (tenant, id, adapter, key) => open(adapter, tenant, `${TRYING}${id}`, key, {}),
  };
};

const keyIn = async ({ vault }: ProvidersBase, tenant: string, secret: Account['secret'] & string): Promise<string> => {
  try {
    return await vault.getText(tenant, secret);
  } catch (error) {
    // replaced or disconnected in this moment
    if (error instanceof Refusal && error.code === 'VAULT.NOT_FOUND') throw notConnected();
    throw error;
  }
};

type Run = () => Promise<unknown>;
/** Every method of a port, by way of `how`. */
const around = (provider: Provider, how: (run: Run) => Promise<unknown>): Provider =>
  Object.fromEntries(Object.entries(provider).map(([name, part]: [string, unknown]) =>
    [name, typeof part === 'function' ? (...given: unknown[]) => how(() => (part as (...g: unknown[]) => Promise<unknown>)(...given)) : part])) as unknown as Provider;
