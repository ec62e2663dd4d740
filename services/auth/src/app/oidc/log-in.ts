/** A log-in at a provider of a tenant: who it is, whether they may come in, and as what. */
import type { Logger } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { linkIdentity, oidcLogin, SessionTokens, startOidc } from '@xanthus/proto/auth';
import type { z } from 'zod';
import type { OidcConversations, Vouched } from '../../adapters/oidc-client.js';
import { normaliseEmail, personSecret, type Persons } from '../../adapters/persons.js';
import { FLOW_LIFE, type Flow, type SealedFlows } from '../../adapters/sealed-flow.js';
import { addressOf, domainRefusal, joinRefusal, nameOf, roleOf } from '../../domain/oidc-claims.js';
import type { LoginRefusal } from '../../domain/oidc-provider.js';
import { member } from '../../domain/member.js';
import { person } from '../../domain/person.js';
import { session } from '../../domain/session.js';
import type { Handle, ReadState } from '../handle.js';
import type { Invitations, Invited } from '../invitations.js';
import type { Members } from '../members.js';
import { SESSION_LIFE, type Sessions } from '../sessions.js';
import type { Identities } from './identities.js';
import { wantedOf, type KnownProvider, type OidcProviders } from './providers.js';
import type { OidcRoles } from './roles.js';
import type { OidcSessions } from './sessions.js';

type Callback = ParsedInputOf<typeof linkIdentity>;
type Start = OutputOf<typeof startOidc>;

export interface OidcLogInDeps {
  readonly handle: Handle; readonly read: ReadState; readonly persons: Persons; readonly members: Members; readonly invitations: Invitations; readonly sessions: Sessions;
  readonly oidc: OidcConversations; readonly flows: SealedFlows; readonly providers: OidcProviders; readonly identities: Identities; readonly roles: OidcRoles; readonly oidcSessions: OidcSessions;
  readonly log: Logger;
}

const WHY: Readonly<Record<LoginRefusal, readonly [code: string, text: string]>> = {
  email_not_verified: ['OIDC.EMAIL_NOT_VERIFIED', 'Your e-mail address is not verified at the provider.'],
  domain_not_allowed: ['OIDC.DOMAIN_NOT_ALLOWED', 'Addresses like yours may not log in here.'],
  no_role: ['OIDC.NO_ROLE', 'You are in none of the groups that may log in here. Ask an administrator.'],
  not_invited: ['OIDC.NOT_INVITED', 'You do not belong to this organisation. Ask an administrator for an invitation.'],
  foreign_identity: ['OIDC.NOT_INVITED', 'This invitation is for another address than yours.'],
};
const flowInvalid = () => new Refusal('OIDC.FLOW_INVALID', 'This log-in was begun in another browser, or too long ago. Begin it again.');

export class OidcLogIn {
  constructor(private readonly deps: OidcLogInDeps) {}

  /** @throws Refusal OIDC.NOT_FOUND, OIDC.UNAVAILABLE */
  async start(context: CommandContext, { provider, redirect_uri, invitation }: ParsedInputOf<typeof startOidc>): Promise<Start> {
    return this.begin(context, provider, redirect_uri, invitation === undefined ? {} : { invitation });
  }

  /** @throws Refusal MEMBER.NOT_FOUND unless the person belongs to the provider's tenant; LOGIN.TENANT_BOUND */
  async startLink(context: CommandContext, who: { readonly person: string; readonly session: string }, { provider, redirect_uri }: Pick<Callback, 'provider'> & { readonly redirect_uri: string }): Promise<Start> {
    const { tenant } = await this.deps.providers.find(provider);
    if ((await this.deps.read(member, tenant, who.person)).status !== 'member') throw new Refusal('MEMBER.NOT_FOUND', 'You are no member of the tenant of this provider.');
    await this.deps.sessions.requireOwnWord(who.session, tenant);
    return this.begin(context, provider, redirect_uri, { link: who });
  }

  /** `context.id` will be the session's. @throws Refusal OIDC.… */
  async logIn(context: CommandContext, input: z.output<typeof oidcLogin>): Promise<SessionTokens> {
    const { read, sessions, oidcSessions, identities, invitations } = this.deps;
    const { provider, flow, vouched, identity } = await this.finish(context, input);
    if (flow.link !== undefined) throw flowInvalid();
    const at: Entry = { context, provider, vouched, identity, invited: flow.invitation === undefined ? undefined : await invitations.check(context, flow.invitation) };
    await this.requireWelcome(at);
    const who = await this.admit(at);
    const holder = await read(person, INSTALLATION, who);
    const sid = vouched.sid === undefined ? {} : { sid: identities.keyOf(provider.ref, vouched.sid) };
    await oidcSessions.keep(context.id, provider, { subject: vouched.subject, ...(vouched.refresh_token === undefined ? {} : { refresh_token: vouched.refresh_token }) });
    return sessions.open(context, {
      person: who, tenant: provider.tenant, device: input.device, method: 'oidc', source: { kind: 'identity', id: identity, ...sid },
      // A tenant's provider vouches for this tenant. For what concerns the person themselves, everywhere, somebody with a password gives that.
      ...(holder.status === 'registered' && holder.has_password ? { from: { expires_at: new Date(Date.parse(context.now) + SESSION_LIFE).toISOString(), proved_until: undefined } } : {}),
    }).catch(async (error: unknown) => {
      await oidcSessions.forget(context.id);
      throw error;
    });
  }

  /** Whoever began it is who gets the identity, if their session is still open. @throws Refusal OIDC.…, IDENTITY.TAKEN, SESSION.ENDED */
  async link(context: CommandContext, input: Callback): Promise<Written> {
    const { provider, flow, vouched, identity } = await this.finish(context, input);
    if (flow.link === undefined) throw flowInvalid();
    const { person: who, session: id } = flow.link;
    const state = await this.deps.read(session, INSTALLATION, id);
    if (state.status !== 'open' || state.person !== who || state.expires_at <= context.now) throw new Refusal('SESSION.ENDED', 'The session that began this has ended; log in and begin again.');
    return this.deps.identities.link({ ...context, actor: { kind: 'person', id: who, session: id } }, identity, { ...recordOf(vouched), person: who, kind: 'oidc', tenant: provider.tenant, provider: provider.name, joined: false });
  }

  private async begin(context: CommandContext, ref: string, redirect_uri: string, more: Pick<Flow, 'invitation' | 'link'>): Promise<Start> {
    const provider = await this.deps.providers.find(ref);
    const { url, checks } = await this.deps.oidc.start(provider.client, redirect_uri);
    const expires = Date.parse(context.now) + FLOW_LIFE;
    return { url, flow: this.deps.flows.seal({ provider: ref, ...checks, ...more, expires }), expires_at: new Date(expires).toISOString() };
  }

  private async finish(context: CommandContext, { provider: ref, flow: sealed, query }: Callback) {
    const { providers, flows, oidc, identities } = this.deps;
    const flow = flows.open(sealed, Date.parse(context.now));
    if (flow === undefined || flow.provider !== ref) throw flowInvalid();
    const provider = await providers.find(ref);
    const vouched = await oidc.finish(provider.client, flow, query, wantedOf(provider));
    return { provider, flow, vouched, identity: identities.idOf('oidc', provider.tenant, vouched.issuer, vouched.subject) };
  }

  private async requireWelcome(at: Entry): Promise<void> {
    const { provider, vouched, invited } = at;
    const address = addressOf(vouched.claims);
    const refusal = domainRefusal(provider.settings.email_domains, address);
    if (refusal !== undefined) return this.refuse(at, refusal);
    if (invited === undefined) return;
    if (address?.verified !== true) return this.refuse(at, 'email_not_verified');
    if (invited.tenant !== provider.tenant || normaliseEmail(invited.email) !== normaliseEmail(address.email)) return this.refuse(at, 'foreign_identity');
  }

  /** @returns the person; a member of the tenant, with the role that the groups say. @throws Refusal OIDC.… */
  private async admit(at: Entry): Promise<string> {
    const { provider, identity } = at;
    const { identities, read, roles } = this.deps;
    const known = await identities.find(identity);
    if (known.status === 'none') return this.join(at, undefined);
    const membership = await read(member, provider.tenant, known.person);
    if (membership.status !== 'member') return this.join(at, known.person, membership.status === 'removed');
    // Who linked the identity to an account that was there keeps the role that somebody gave them here.
    if (known.joined && (await roles.apply(at.context, provider, known.person, at.vouched.claims)) === null) return this.refuse(at, 'no_role');
    return known.person;
  }

  /** Never somebody who is there already: an address that a tenant's provider claims says nothing about accounts of the installation. */
  private async join(at: Entry, who: string | undefined, removed = false): Promise<string> {
    const { context, provider, vouched, identity, invited } = at;
    const { identities, invitations, members, persons, roles } = this.deps;
    const refusal = invited !== undefined ? undefined : removed ? 'not_invited' : joinRefusal(provider.settings, addressOf(vouched.claims));
    if (refusal !== undefined) return this.refuse(at, refusal);
    const role = roleOf(provider.settings, vouched.claims);
    if (invited === undefined && role === null) return this.refuse(at, 'no_role');
    const id = who ?? newId();
    const as = { ...context, actor: { kind: 'system', id: 'oidc' } } as const;
    if (who === undefined) {
      await this.register(as, id, vouched);
      try {
        await identities.link(as, identity, { ...recordOf(vouched), person: id, kind: 'oidc', tenant: provider.tenant, provider: provider.name, joined: invited === undefined });
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'IDENTITY.TAKEN') throw error;
        // Two tabs at once: the other one was first, and this one comes in as whom it made.
        await persons.forget(id);
        return this.admit(at);
      }
    }
    if (invited !== undefined) await invitations.admit(context, invited, id);
    else if (role !== null) await members.join({ ...as, tenant: provider.tenant, id, command_id: `${context.command_id}-join` }, role, await roles.granter(provider.tenant)).catch(memberAlready);
    return id;
  }

  /** Without a claim on the address: nobody has shown to us that it is theirs. */
  private async register(context: CommandContext, id: string, { claims }: Vouched): Promise<void> {
    const { handle, persons } = this.deps;
    await persons.keep(id, { email: addressOf(claims)?.email ?? '', name: nameOf(claims) });
    await handle(person, { ...context, tenant: INSTALLATION, id, command_id: `${context.command_id}-person` }, { type: 'RegisterPerson', secret: personSecret(id), has_password: false });
  }

  private async refuse({ context, provider, identity }: Entry, reason: LoginRefusal): Promise<never> {
    await this.deps.providers.refuse(context, provider, reason, identity).catch((error: unknown) => this.deps.log.warn({ err: error }, 'a refused log-in could not be recorded'));
    const [code, text] = WHY[reason];
    throw new Refusal(code, text);
  }
}

/** By another tab of theirs, a moment ago. */
const memberAlready = (error: unknown): void => {
  if (!(error instanceof Refusal) || error.code !== 'MEMBER.EXISTS') throw error;
};

interface Entry { readonly context: CommandContext; readonly provider: KnownProvider; readonly vouched: Vouched; readonly identity: string; readonly invited: Invited | undefined }

const recordOf = ({ issuer, subject, claims }: Vouched) => ({ issuer, subject, email: addressOf(claims)?.email });
