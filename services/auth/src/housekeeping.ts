/** What one copy of auth does at a time: hand accounts to NATS at start and whenever it was gone, rotate signing keys, end expired sessions. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger, Views } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { INSTALLATION, type DataOf } from '@xanthus/proto';
import type { sessionView } from '@xanthus/proto/auth';
import type { AccessTokens } from './adapters/access-tokens.js';
import type { TenantAccounts } from './adapters/tenant-accounts.js';
import type { Credentials } from './app/credentials.js';
import type { Sessions } from './app/sessions.js';

/** ms between two rounds. */
const EVERY = 10 * 60_000;

export interface HousekeepingDeps { readonly accounts: Pick<TenantAccounts, 'onReconnect'>; readonly credentials: Credentials; readonly access: AccessTokens; readonly sessions: Sessions; readonly views: Views; readonly log: Logger; /** What other topics do at each round. */ readonly rounds: readonly (() => Promise<void>)[] }

export const housekeeping = async (deps: HousekeepingDeps, signal: AbortSignal): Promise<void> => {
  const reconcile = async (): Promise<void> => {
    const accounts = await deps.credentials.reconcileAll();
    deps.log.info({ accounts }, 'nats-server has every account of a credential as the log has it');
  };
  await reconcile();
  let turn = Promise.resolve();
  deps.accounts.onReconnect(() => {
    if (!signal.aborted) turn = turn.then(reconcile).catch((error: unknown) => deps.log.error({ err: error }, 'the accounts could not be compared after NATS came back'));
  });
  while (!signal.aborted) {
    await deps.access.rotate();
    await endExpired(deps);
    for (const round of deps.rounds) await round().catch((error: unknown) => deps.log.error({ err: error }, 'a part of the housekeeping failed; it comes again'));
    await delay(EVERY, undefined, { signal }).catch(() => undefined);
  }
  await turn;
};

const endExpired = async ({ sessions, views }: HousekeepingDeps): Promise<void> => {
  const now = new Date().toISOString();
  for (const { value } of await views.list<DataOf<typeof sessionView>>(INSTALLATION, 'sessions')) {
    if (value.data.expires_at > now) continue;
    await sessions.end({ tenant: INSTALLATION, id: value.data.id, actor: { kind: 'system', id: 'expiry' }, now, command_id: newId(), correlation_id: newId() }, 'expired', null);
  }
};
