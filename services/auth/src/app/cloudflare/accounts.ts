/** Cloudflare accounts of tenants: linked, checked, unlinked. What a shown token was found to be is kept for ten minutes. */
import { createHmac } from 'node:crypto';
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext, type EventStore } from '@xanthus/kernel';
import { INSTALLATION, type DataOf, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { checkCloudflare, cloudflareAccountView, CloudflareGrant, CloudflareStep, handOverCertificateKey, handOverCloudflare, linkCloudflare, linkedCloudflare } from '@xanthus/proto/auth';
import { handOverContext, seal, type Vault } from '@xanthus/vault';
import { fingerprintOf, type CertificateRequest } from '../../adapters/certificate-request.js';
import type { CloudflareApi } from '../../adapters/cloudflare-api.js';
import { cloudflareAccount, notLinked, type LinkedAccount } from '../../domain/cloudflare-account.js';
import { requireGrant, requireRole } from '../../domain/roles.js';
import { CLOUDFLARE_INDEX, cloudflareIndexKey, type CloudflareTenant } from '../../views/cloudflare.js';
import type { Handle, ReadState } from '../handle.js';
import type { Roles } from '../roles.js';
import type { Receiver } from '../secrets.js';
import { checkToken, lookAt, type CheckedToken, type CheckTokenDeps } from './check-token.js';

const VIEW_PATIENCE = 2_000;
/** How long a shown token need not be asked about again, ms. */
const TOKEN_REMEMBERED = 10 * 60_000;
const MOST_REMEMBERED = 1_000;

export interface CloudflareDeps {
  readonly store: EventStore;
  readonly handle: Handle;
  readonly read: ReadState;
  readonly views: Views;
  readonly vault: Vault;
  readonly roles: Roles;
  /** Calls count for the tenant; without one, for the token itself, so that strangers use up nobody's budget. */
  readonly open: (token: string, of: { readonly tenant?: string | undefined; readonly background?: boolean }) => CloudflareApi;
  readonly hmacKey: Buffer;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Logger;
}

export interface Shown { readonly token: string; readonly account?: string | undefined }

const tokenSecret = (account: string): string => `cloudflare-${account}`;
const requestSecret = (account: string): string => `certificate-request-${account}`;
const linkedElsewhere = () => new Refusal('CLOUDFLARE.LINKED_ELSEWHERE', 'This Cloudflare account is linked to another organisation of this installation. It is to be unlinked there first.');

export class CloudflareAccounts {
  private readonly remembered = new Map<string, { readonly found: CheckedToken; readonly until: number }>();

  constructor(private readonly deps: CloudflareDeps) {}

  /** The tenant that an account is linked to, as the log has it. */
  async tenantOf(account: string): Promise<string | undefined> {
    const slug = (await this.deps.views.get<CloudflareTenant>(cloudflareIndexKey(account)))?.data.tenant;
    return slug !== undefined && (await this.state(slug, account)) !== undefined ? slug : undefined;
  }

  async linked(slug: string, account: string): Promise<LinkedAccount> {
    return (await this.state(slug, account)) ?? this.refuse();
  }

  /**
   * The five steps, or what they found within the last ten minutes.
   * @param admit may it go on with this account? @throws Refusal CLOUDFLARE.…, and what `admit` throws
   */
  async check(shown: Shown, onStep: (step: CloudflareStep) => void, admit: (account: string) => Promise<void>): Promise<CheckedToken> {
    const key = this.keyOf(shown);
    const known = this.remembered.get(key);
    if (known !== undefined && known.until > this.deps.now()) {
      await admit(known.found.account.id);
      for (const step of known.found.steps) onStep(step);
      return known.found;
    }
    const found = await checkToken(this.depsOf(shown.token, onStep, admit), shown);
    this.remember(key, found);
    return found;
  }

  /** @param granter role of who asks; null for the installation itself. @throws Refusal CLOUDFLARE.…, ROLE.… */
  async link(context: CommandContext, granter: string | null, input: ParsedInputOf<typeof linkCloudflare>, onStep: (step: CloudflareStep) => void): Promise<OutputOf<typeof linkCloudflare>> {
    const { handle, store, vault, views } = this.deps;
    await this.requireGrantable(context.tenant, granter, input.join_role);
    const found = await checkToken(this.depsOf(input.token, onStep, async (account) => {
      const owner = await this.tenantOf(account);
      if (owner !== undefined && owner !== context.tenant) throw linkedElsewhere();
    }, context.tenant), input);
    const account = found.account.id;
    const aggregate = { tenant: context.tenant, service: 'auth', aggregate: cloudflareAccount.name, id: account };
    const claim = await store.claim({ tenant: INSTALLATION, service: 'auth', ...this.marker(account), aggregate, command_id: context.command_id });
    if (claim.status === 'taken') throw linkedElsewhere();
    const { origin, ...request } = found.request;
    const fingerprint = fingerprintOf(request);
    await vault.put(context.tenant, requestSecret(account), JSON.stringify(request));
    await vault.put(context.tenant, tokenSecret(account), input.token);
    const { stream, seq } = await handle(cloudflareAccount, { ...context, presumed_new: undefined, id: account }, {
      type: 'Link', name: found.account.name, namespace: found.namespace, secret: tokenSecret(account), join_role: input.join_role, features: [...found.features], csr_fingerprint: fingerprint,
      request: { secret: requestSecret(account), fingerprint, origin },
    });
    await views.waitFor(seq, VIEW_PATIENCE);
    return { id: account, stream, seq, account: found.account, features: [...found.features], steps: [...found.steps] };
  }

  async configure(context: CommandContext, granter: string | null, join_role: string | null): Promise<Written> {
    await this.requireGrantable(context.tenant, granter, join_role);
    return this.done(await this.deps.handle(cloudflareAccount, context, { type: 'Configure', join_role }));
  }

  /** Asks Cloudflare about the linked token and notes what changed. @throws Refusal CLOUDFLARE.UNAVAILABLE, .RATE_LIMITED: nothing is known then */
  async recheck(context: CommandContext): Promise<OutputOf<typeof checkCloudflare>> {
    await this.linked(context.tenant, context.id);
    const token = await this.deps.vault.getText(context.tenant, tokenSecret(context.id));
    const { status, features } = await this.ask(token, context.id, { tenant: context.tenant, background: context.actor.kind === 'system' });
    const written = await this.done(await this.deps.handle(cloudflareAccount, context, { type: 'NoteCheck', status, features }));
    return { ...written, status, features };
  }

  /** Is the token still good for the account? Refused: Cloudflare said so. @throws Refusal when it could not be asked */
  async ask(token: string, account: string, of: { readonly tenant?: string; readonly background?: boolean } = { background: true }): Promise<{ status: 'active' | 'refused'; features: CheckedToken['features'][number][] }> {
    try {
      const { accounts, features } = await lookAt(this.deps.open(token, of));
      return accounts.some(a => a.id === account) ? { status: 'active', features: [...features] } : { status: 'refused', features: [...features] };
    } catch (error) {
      if (!(error instanceof Refusal) || error.retryable) throw error;
      this.forget(token);
      return { status: 'refused', features: [] };
    }
  }

  async list(slug: string): Promise<OutputOf<typeof linkedCloudflare>['accounts']> {
    const rows = await this.deps.views.list<DataOf<typeof cloudflareAccountView>>(slug, 'cloudflare-accounts');
    return rows.map(({ value: { data: { id, name, status } } }) => ({ id, name, status }));
  }

  /**
   * The token and the certificate request, sealed to the key that the service's signed identity names.
   * @throws Refusal CLOUDFLARE.NOT_LINKED, .NOT_FOR_YOU, .TOKEN_REFUSED
   */
  async handOver(context: CommandContext, to: Receiver, reason: string): Promise<OutputOf<typeof handOverCloudflare>> {
    if (to.seal === undefined) throw new Refusal('CLOUDFLARE.NOT_FOR_YOU', 'The identity names no key that the token could be sealed to.');
    const { vault, handle } = this.deps;
    const { state } = await handle(cloudflareAccount, context, { type: 'HandOver', service: to.service, reason });
    if (state.status !== 'linked') throw notLinked();
    const token = await vault.getText(context.tenant, tokenSecret(context.id));
    const { csr } = JSON.parse(await vault.getText(context.tenant, requestSecret(context.id))) as CertificateRequest;
    const grant: CloudflareGrant = { token, csr, key_fingerprint: state.csr_fingerprint };
    return { name: state.name, sealed: seal(to.seal, handOverContext(context.tenant, context.id, to.service), Buffer.from(JSON.stringify(grant), 'utf8')) };
  }

  /**
   * The key of the account's origin certificates, sealed likewise: whoever asks may name the key of a third service in its identity, and then can't open it itself.
   * Also while Cloudflare refuses the token: what runs goes on running. @throws Refusal CLOUDFLARE.NOT_LINKED, .NOT_FOR_YOU
   */
  async handOverKey(context: CommandContext, to: Receiver, reason: string): Promise<OutputOf<typeof handOverCertificateKey>> {
    if (to.seal === undefined) throw new Refusal('CLOUDFLARE.NOT_FOR_YOU', 'The identity names no key that the certificate key could be sealed to.');
    const { vault, handle } = this.deps;
    const { state } = await handle(cloudflareAccount, context, { type: 'HandOverKey', service: to.service, reason });
    if (state.status !== 'linked') throw notLinked();
    const { private_key } = JSON.parse(await vault.getText(context.tenant, requestSecret(context.id))) as CertificateRequest;
    return { key_fingerprint: state.csr_fingerprint, sealed: seal(to.seal, handOverContext(context.tenant, context.id, to.service), Buffer.from(private_key, 'utf8')) };
  }

  async unlink(context: CommandContext): Promise<Written> {
    const { handle, store, vault } = this.deps;
    await this.linked(context.tenant, context.id);
    const written = await handle(cloudflareAccount, context, { type: 'Unlink' });
    await vault.destroy(context.tenant, tokenSecret(context.id));
    await store.release({ tenant: INSTALLATION, service: 'auth', ...this.marker(context.id), aggregate: { tenant: context.tenant, service: 'auth', aggregate: cloudflareAccount.name, id: context.id } });
    this.remembered.clear();
    return this.done(written);
  }

  /** Every linked account, one after the other; one that cannot be asked about now is left as it is. */
  async recheckAll(): Promise<void> {
    for (const { id, value } of await this.deps.views.list<CloudflareTenant>(INSTALLATION, CLOUDFLARE_INDEX)) {
      const { tenant } = value.data;
      const context = { tenant, id, actor: { kind: 'system', id: 'cloudflare' }, now: new Date(this.deps.now()).toISOString(), command_id: newId(), correlation_id: newId() } as const;
      await this.recheck(context).catch((error: unknown) => this.deps.log.warn({ err: error, tenant, account: id }, 'a linked Cloudflare token could not be checked now'));
    }
  }

  /** A token that Cloudflare refused is not believed from memory any more. */
  forget(token: string): void {
    const prefix = this.hash(token);
    for (const key of this.remembered.keys()) if (key.startsWith(prefix)) this.remembered.delete(key);
  }

  private async state(slug: string, account: string): Promise<LinkedAccount | undefined> {
    const state = await this.deps.read(cloudflareAccount, slug, account);
    return state.status === 'linked' ? state : undefined;
  }

  private refuse(): never {
    throw notLinked();
  }

  /** Nobody lets others in with more than they have. */
  private async requireGrantable(slug: string, granter: string | null, role: string | null | undefined): Promise<void> {
    if (role === null || role === undefined) return;
    const asked = await this.deps.roles.granter(slug, granter);
    requireRole(role, asked);
    requireGrant(asked, role);
  }

  private depsOf(token: string, onStep: CheckTokenDeps['onStep'], admit: (account: string) => Promise<void>, tenant?: string): CheckTokenDeps {
    const { now, open, pause } = this.deps;
    return { api: open(token, { tenant }), now, pause, onStep, admit: ({ id }) => admit(id), kept: async account => this.keptRequest(tenant ?? (await this.tenantOf(account)), account) };
  }

  private async keptRequest(tenant: string | undefined, account: string): Promise<CertificateRequest | undefined> {
    if (tenant === undefined || (await this.deps.read(cloudflareAccount, tenant, account)).request === undefined) return undefined;
    return JSON.parse(await this.deps.vault.getText(tenant, requestSecret(account))) as CertificateRequest;
  }

  private marker(account: string): { kind: string; key: string } {
    return { kind: 'cloudflare-account', key: account };
  }

  private remember(key: string, found: CheckedToken): void {
    this.remembered.set(key, { found, until: this.deps.now() + TOKEN_REMEMBERED });
    const oldest = this.remembered.keys().next();
    if (this.remembered.size > MOST_REMEMBERED && !oldest.done) this.remembered.delete(oldest.value);
  }

  private hash(token: string): string {
    return createHmac('sha256', this.deps.hmacKey).update(token).digest('base64url');
  }

  private keyOf({ token, account = '' }: Shown): string {
    return `${this.hash(token)}.${account}`;
  }

  private async done({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}
