/** Which person an identity elsewhere belongs to. */
import { createHmac } from 'node:crypto';
import type { Views } from '@xanthus/jetstream';
import { Refusal, type AggregateCache, type CommandContext } from '@xanthus/kernel';
import { derivationText, INSTALLATION, ulidOf, type DataOf, type Written } from '@xanthus/proto';
import type { identityView } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import { identity, type IdentityState } from '../../domain/identity.js';
import { person } from '../../domain/person.js';
import type { Handle, ReadState } from '../handle.js';
import type { Sessions } from '../sessions.js';

const VIEW_PATIENCE = 2_000;

export interface IdentitiesDeps { readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly vault: Vault; readonly cache: AggregateCache; readonly sessions: Sessions; /** Of the hash that ids are. */ readonly markers: Buffer }

/** What is personal of an identity; in the vault. */
export interface IdentityRecord { readonly issuer: string; readonly subject: string; readonly email?: string | undefined }

export interface NewIdentity extends IdentityRecord { readonly person: string; readonly kind: 'oidc' | 'cloudflare'; readonly tenant: string; readonly provider: string; readonly joined: boolean }

export const identitySecret = (id: string): string => `identity-${id}`;

/** What a tenant's provider says of somebody is forgotten with the tenant. */
const vaultOf = ({ kind, tenant }: Pick<NewIdentity, 'kind' | 'tenant'>): string => (kind === 'oidc' ? tenant : INSTALLATION);

export class Identities {
  constructor(private readonly deps: IdentitiesDeps) {}

  /** The id follows from who vouches, for which tenant, and the subject: the same again and again, and nobody can tell the subject from it. */
  idOf(kind: 'oidc' | 'cloudflare', ...parts: readonly string[]): string {
    return ulidOf(createHmac('sha256', this.deps.markers).update(derivationText('identity', kind, ...parts)).digest());
  }

  /** A keyed hash of a name that a provider gave, short enough for an event. */
  keyOf(...parts: readonly string[]): string {
    return createHmac('sha256', this.deps.markers).update(derivationText('identity-key', ...parts)).digest('base64url').slice(0, 32);
  }

  find(id: string): Promise<IdentityState> {
    return this.deps.read(identity, INSTALLATION, id);
  }

  /** @throws Refusal IDENTITY.TAKEN */
  async link(context: CommandContext, id: string, { issuer, subject, email, ...link }: NewIdentity): Promise<Written> {
    const secret = identitySecret(id);
    const before = await this.find(id);
    // Of an identity that somebody has, the record is theirs.
    if (before.status === 'none' || before.person === link.person) await this.deps.vault.put(vaultOf(link), secret, JSON.stringify({ issuer, subject, email } satisfies IdentityRecord));
    return this.done(await this.deps.handle(identity, { ...context, tenant: INSTALLATION, id }, { type: 'LinkIdentity', ...link, secret }));
  }

  /** The last way to log in stays. @throws Refusal IDENTITY.NOT_FOUND, IDENTITY.LAST */
  unlink(context: CommandContext, who: string): Promise<Written> {
    // Two at once would each find the other one left.
    return this.deps.cache.inTurn({ tenant: INSTALLATION, service: 'auth', aggregate: 'identities-of', id: who }, async () => {
      const [state, held] = await Promise.all([this.deps.read(person, INSTALLATION, who), this.of(who)]);
      const others = held.filter(i => i.id !== context.id);
      if (held.length !== others.length && others.length === 0 && !(state.status === 'registered' && state.has_password)) throw new Refusal('IDENTITY.LAST', 'This is your only way to log in. Set a password or link another identity first.');
      const before = await this.find(context.id);
      const written = await this.deps.handle(identity, { ...context, tenant: INSTALLATION }, { type: 'UnlinkIdentity', person: who, reason: 'unlinked' });
      if (before.status === 'linked') await this.deps.vault.destroy(vaultOf(before), identitySecret(context.id));
      const done = await this.done(written); // sessions that were opened before are seen now; one that is opened later looks at the identity itself
      await this.deps.sessions.endBySource({ ...context, tenant: INSTALLATION }, who, context.id);
      return done;
    });
  }

  async of(who: string): Promise<DataOf<typeof identityView>[]> {
    return (await this.deps.views.list<DataOf<typeof identityView>>(INSTALLATION, 'identities', who)).map(i => i.value.data);
  }

  private async done({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}
