/** OpenID providers of tenants: defined, removed, tried, offered on the log-in page. */
import { randomBytes } from 'node:crypto';
import type { Views } from '@xanthus/jetstream';
import type { CommandContext } from '@xanthus/kernel';
import { isTenantSlug, type DataOf, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import { oidcProviderRef, type defineOidcProvider, type oidcOptions, type oidcProviderView, type testOidcProvider } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import type { OidcClient } from '../../adapters/oidc-client.js';
import { checkOidc } from '../../adapters/oidc-check.js';
import { oidcProvider, providerNotFound, type DefinedProvider, type LoginRefusal } from '../../domain/oidc-provider.js';
import type { Handle, ReadState } from '../handle.js';
import { requireRoom } from '../room.js';
import type { Roles } from '../roles.js';

const VIEW_PATIENCE = 2_000;

export interface OidcProvidersDeps {
  readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly vault: Vault; readonly roles: Roles;
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** The operator allows targets that are reached without TLS. */
  readonly plainHttp: boolean;
}

/** A provider that is defined now, and how to talk to it. */
export interface KnownProvider { readonly ref: string; readonly tenant: string; readonly name: string; readonly settings: DefinedProvider; readonly client: OidcClient }

/** Claims that a log-in goes by. */
export const wantedOf = ({ settings }: KnownProvider): string[] => ['email', ...(settings.group_roles.length === 0 ? [] : [settings.group_claim])];

export class OidcProviders {
  constructor(private readonly deps: OidcProvidersDeps) {}

  /** @throws Refusal OIDC.NAME_INVALID, OIDC.ISSUER_INVALID, OIDC.SECRET_NEEDED, ROLE.… */
  async define(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof defineOidcProvider>): Promise<Written> {
    const { handle, read, vault, roles, plainHttp } = this.deps;
    await requireRoom(this.deps.views, context.tenant, 'oidc-providers', context.id, 'OIDC');
    const { client_secret, ...settings } = input;
    const slug = context.tenant;
    const before = await read(oidcProvider, slug, context.id);
    const held = before.status === 'defined' ? { secret: before.secret, secret_fingerprint: before.secret_fingerprint } : NO_SECRET;
    // Under a name of its own: what is refused must not have replaced the secret that is in use.
    const secret = client_secret == null ? undefined : `oidc-${context.id}-${randomBytes(5).toString('hex')}`;
    const kept = client_secret === undefined ? held : secret === undefined || client_secret === null ? NO_SECRET : { secret, secret_fingerprint: await vault.fingerprintOf(slug, client_secret) };
    if (secret !== undefined && client_secret != null) await vault.put(slug, secret, client_secret);
    try {
      const written = await handle(oidcProvider, context, { type: 'DefineProvider', granter: await roles.granter(slug, granter), plain_http: plainHttp, keeps_secret: client_secret === undefined, definition: { ...settings, ...kept } });
      const now = written.state.status === 'defined' ? written.state.secret : null;
      for (const old of [held.secret, secret ?? null]) if (old !== null && old !== now) await vault.destroy(slug, old);
      return await this.done(written);
    } catch (error) {
      if (secret !== undefined) await vault.destroy(slug, secret);
      throw error;
    }
  }

  /** @throws Refusal OIDC.NOT_FOUND */
  async remove(context: CommandContext): Promise<Written> {
    const before = await this.deps.read(oidcProvider, context.tenant, context.id);
    const written = await this.deps.handle(oidcProvider, context, { type: 'RemoveProvider' });
    if (before.status === 'defined' && before.secret !== null) await this.deps.vault.destroy(context.tenant, before.secret);
    return this.done(written);
  }

  /** Looks the same for a tenant that does not exist. */
  async options(slug: string): Promise<OutputOf<typeof oidcOptions>> {
    if (!isTenantSlug(slug)) return { providers: [] };
    const found = await this.deps.views.list<DataOf<typeof oidcProviderView>>(slug, 'oidc-providers');
    return { providers: found.map(({ value: { data } }) => ({ id: `${slug}.${data.name}`, label: data.label })).toSorted((a, b) => a.label.localeCompare(b.label)) };
  }

  async test(slug: string, { issuer, client_id, client_secret, provider }: ParsedInputOf<typeof testOidcProvider>): Promise<OutputOf<typeof testOidcProvider>> {
    const known = provider === undefined || client_secret !== undefined ? undefined : await this.find(`${slug}.${provider}`);
    // The secret of a provider goes to its own issuer and nowhere else.
    const lent = known?.settings.issuer === issuer ? known.client.secret : undefined;
    return checkOidc(this.deps.fetch, { issuer, client_id, secret: client_secret ?? lent });
  }

  /** @param ref `<tenant>.<name>` @throws Refusal OIDC.NOT_FOUND */
  async find(ref: string): Promise<KnownProvider> {
    const [tenant = '', name = ''] = oidcProviderRef.safeParse(ref).data?.split('.') ?? [];
    if (tenant === '') throw providerNotFound();
    const settings = await this.deps.read(oidcProvider, tenant, name);
    if (settings.status !== 'defined') throw providerNotFound();
    const { issuer, client_id, scopes } = settings;
    const secret = settings.secret === null ? undefined : await this.deps.vault.getText(tenant, settings.secret);
    return { ref, tenant, name, settings, client: { issuer, client_id, scopes, secret } };
  }

  /** Somebody whom the provider vouched for was not let in. */
  async refuse(context: CommandContext, { tenant, name }: KnownProvider, reason: LoginRefusal, identity: string): Promise<void> {
    await this.deps.handle(oidcProvider, { ...context, tenant, id: name, actor: { kind: 'system', id: 'oidc' }, command_id: `${context.command_id}-refused` }, { type: 'RefuseLogin', refused: { reason, identity } });
  }

  private async done({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}

const NO_SECRET = { secret: null, secret_fingerprint: null } as const;
