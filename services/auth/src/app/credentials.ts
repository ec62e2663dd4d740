/** NATS credentials of tenants for other services. */
import type { Logger, Views } from '@xanthus/jetstream';
import { Refusal, type CommandContext, type EventStore } from '@xanthus/kernel';
import { INSTALLATION, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { createCredential } from '@xanthus/proto/auth';
import { markerKey } from '@xanthus/jetstream';
import { consumersOf, type TenantAccounts } from '../adapters/tenant-accounts.js';
import { credential, type CredentialState } from '../domain/credential.js';
import { tenant } from '../domain/tenant.js';
import { ACCOUNTS, type AccountRecord } from '../views/credentials.js';
import type { Handle, ReadState } from './handle.js';
import { requireRoom } from './room.js';
import type { Roles } from './roles.js';

const VIEW_PATIENCE = 5_000;

export interface CredentialsDeps { readonly store: EventStore; readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly accounts: TenantAccounts; readonly hmacKey: Buffer; readonly roles: Roles; readonly log: Logger }

const nameMarker = (deps: CredentialsDeps, name: string) => ({ kind: 'credential-name', key: markerKey(deps.hmacKey, name) });
const nameTaken = (name: string) => new Refusal('CREDENTIAL.NAME_TAKEN', `There is a credential ${name} already; choose another name.`);

const recordOf = (slug: string, id: string, state: Exclude<CredentialState, { status: 'none' }>): AccountRecord => {
  const { name, account, nkey, follow, status } = state;
  return { tenant: slug, id, name, account, nkey, follow, revoked: status === 'revoked' };
};

export class Credentials {
  constructor(private readonly deps: CredentialsDeps) {}

  /** Works when it is answered: its account is known to the servers and its rights to the services. @throws Refusal CREDENTIAL.…, ROLE.… */
  async create(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof createCredential>): Promise<OutputOf<typeof createCredential>> {
    await requireRoom(this.deps.views, context.tenant, 'credentials', context.id, 'CREDENTIAL');
    const { handle, accounts, read, views } = this.deps;
    if ((await read(tenant, INSTALLATION, context.tenant)).status !== 'active') throw new Refusal('TENANT.NOT_FOUND', `There is no tenant ${context.tenant}.`);
    const follow = [...new Set(input.follow)];
    const made = await accounts.make({ tenant: context.tenant, id: context.id, name: input.name, follow });
    const { account, nkey } = made.account;
    const { id, stream, seq, state, repeated } = await handle(credential, context, { type: 'CreateCredential', granter: await this.deps.roles.granter(context.tenant, granter), name: input.name, role: input.role, follow, nkey, account }, [{ ...nameMarker(this.deps, input.name), taken: nameTaken(input.name) }]);
    if (repeated || state.status !== 'active') throw new Refusal('CREDENTIAL.NAME_TAKEN', 'This credential was made already; its text is answered once. Revoke it and make another.');
    try {
      await accounts.apply(recordOf(context.tenant, id, state));
    } catch (error) {
      // Its secret is lost with this answer, so it must not stay.
      await this.revoke({ ...context, command_id: `${context.command_id}-undo` }).catch((undone: unknown) => this.deps.log.warn({ err: undone }, 'a credential that nobody has could not be revoked yet'));
      throw new Refusal('CREDENTIAL.UNAVAILABLE', 'nats-server did not take the new account; nothing was made. Try again.', { reason: error instanceof Error ? error.message : String(error) }, true);
    }
    await views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq, creds: made.creds, nkey, consumers: consumersOf({ tenant: context.tenant, id, name: input.name, follow }) };
  }

  /** Its connections are closed when this answers. @throws Refusal CREDENTIAL.NOT_FOUND */
  async revoke(context: CommandContext): Promise<Written> {
    const { store, handle, accounts } = this.deps;
    const { id, stream, seq, state } = await handle(credential, context, { type: 'RevokeCredential' });
    if (state.status !== 'none') {
      await accounts.apply(recordOf(context.tenant, id, state));
      await store.release({ tenant: context.tenant, service: 'auth', ...nameMarker(this.deps, state.name), aggregate: { tenant: context.tenant, service: 'auth', aggregate: 'credential', id } });
    }
    return { id, stream, seq };
  }

  /** Makes NATS agree with the log about one credential. */
  async reconcile(slug: string, id: string): Promise<void> {
    const state = await this.deps.read(credential, slug, id);
    if (state.status !== 'none') await this.deps.accounts.apply(recordOf(slug, id, state));
  }

  /** At start: every account from the log, revoked ones too. A resolver restored from an older copy would let those in again. */
  async reconcileAll(): Promise<number> {
    const all = await this.deps.views.list<AccountRecord>(INSTALLATION, ACCOUNTS);
    for (const { value } of all) {
      await this.deps.accounts.apply(value.data).catch((error: unknown) => this.deps.log.error({ err: error, tenant: value.data.tenant, credential: value.data.id }, 'an account could not be handed to nats-server'));
    }
    return all.length;
  }
}
