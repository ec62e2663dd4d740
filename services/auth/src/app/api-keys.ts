/** Keys of programs: made, noted as used, revoked. The gateway checks them with what the view `key-checks` has. */
import { randomBytes } from 'node:crypto';
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type DataOf, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { apiKeyView, createApiKey, keyCheckView } from '@xanthus/proto/auth';
import { sha256Hex } from '../adapters/refresh-token.js';
import { apiKey, type RevokeReason } from '../domain/api-key.js';
import { member } from '../domain/member.js';
import { mayGrant } from '../domain/roles.js';
import type { Handle, ReadState } from './handle.js';
import { requireRoom } from './room.js';
import { Roles } from './roles.js';

const VIEW_PATIENCE = 2_000;

export interface ApiKeysDeps { readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly log: Logger }

export class ApiKeys {
  private readonly roles: Roles;
  constructor(private readonly deps: ApiKeysDeps) {
    this.roles = new Roles(deps);
  }

  /** Works when it is answered. @throws Refusal KEY.EXISTS, KEY.EXPIRY_INVALID, ROLE.… */
  async create(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof createApiKey>): Promise<OutputOf<typeof createApiKey>> {
    await requireRoom(this.deps.views, context.tenant, 'api-keys', context.id, 'KEY');
    const secret = randomBytes(32).toString('base64url');
    const { id, stream, seq, repeated } = await this.deps.handle(apiKey, context, { type: 'CreateApiKey', granter: await this.roles.granter(context.tenant, granter), ...input, secret_sha256: sha256Hex(secret) });
    if (repeated) throw new Refusal('KEY.EXISTS', 'This key was made already; it is answered once. Revoke it and make another.');
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    // Rights are followed and may lag: whoever lost theirs a moment ago keeps no key.
    if (context.actor.kind === 'person' && !(await this.mayHold(context.tenant, context.actor.id, input.role))) {
      await this.revoke({ ...context, command_id: `${context.command_id}-undo` }, null, 'creator_narrowed');
      throw new Refusal('ROLE.TOO_HIGH', `Only a member whose own role is at least ${input.role} may do that.`);
    }
    return { id, stream, seq, key: `xan_${id}_${secret}`, expires_at: input.expires_at };
  }

  /** @throws Refusal KEY.NOT_FOUND, ROLE.TOO_HIGH */
  async revoke(context: CommandContext, granter: string | null, reason: RevokeReason = 'revoked'): Promise<Written> {
    const { id, stream, seq } = await this.deps.handle(apiKey, context, { type: 'RevokeApiKey', granter: await this.roles.granter(context.tenant, granter), reason });
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }

  async noteUse(context: CommandContext): Promise<Written> {
    const { id, stream, seq } = await this.deps.handle(apiKey, context, { type: 'NoteUse' });
    return { id, stream, seq };
  }

  /** Nobody leaves a key behind that can do more than they may now. `who`: whose rights changed; null: those of whoever holds a role. `seq`: of the event that changed them. */
  async narrow(context: Omit<CommandContext, 'id'>, who: string | null, seq: number): Promise<void> {
    const { read, views } = this.deps;
    await views.waitFor(seq, VIEW_PATIENCE);
    const keys = (await views.list<DataOf<typeof apiKeyView>>(context.tenant, 'api-keys')).map(k => k.value.data).filter(k => k.created_by.kind === 'person' && (who === null || k.created_by.id === who));
    for (const key of keys) {
      const person = key.created_by.id;
      if (await this.mayHold(context.tenant, person, key.role)) continue;
      const reason = (await read(member, context.tenant, person)).status === 'member' ? 'creator_narrowed' : 'creator_removed';
      await this.revoke({ ...context, id: key.id, command_id: `${context.command_id}-${key.id}` }, null, reason);
    }
  }

  private async mayHold(tenant: string, person: string, role: string): Promise<boolean> {
    const state = await this.deps.read(member, tenant, person);
    return state.status === 'member' && mayGrant(await this.roles.granter(tenant, state.role), role);
  }

  /** Takes keys that have expired out of the lists; gateways have refused them since. */
  async endExpired(now: string): Promise<void> {
    for (const { value: { data: key } } of await this.deps.views.list<DataOf<typeof keyCheckView>>(INSTALLATION, 'key-checks')) {
      if (key.expires_at > now) continue;
      const context = { tenant: key.tenant, id: key.id, actor: { kind: 'system', id: 'expiry' }, now, command_id: newId(), correlation_id: newId() } as const;
      await this.revoke(context, null, 'expired').catch((error: unknown) => this.deps.log.warn({ err: error, key: key.id }, 'an expired API key could not be taken away yet'));
    }
  }
}
