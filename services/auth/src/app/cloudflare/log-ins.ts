/** Log-in with a Cloudflare token: whoever holds a good one of a linked account, and is known here by it, comes in. Ends when the token ends. */
import { createHmac } from 'node:crypto';
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, ulidOf, type DataOf, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { CloudflareStep, linkCloudflareIdentity, openSession, sessionView, SessionTokens, validateCloudflareToken } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import type { LoginThrottle } from '../../adapters/login-throttle.js';
import type { Persons } from '../../adapters/persons.js';
import { ADDRESS_BACK_OFF } from '../../domain/back-off.js';
import { cloudflareAccount, notLinked, type CloudflareCommand, type LinkedAccount } from '../../domain/cloudflare-account.js';
import { identity } from '../../domain/identity.js';
import { member } from '../../domain/member.js';
import { person as personAggregate } from '../../domain/person.js';
import { tenant } from '../../domain/tenant.js';
import type { Handle, ReadState } from '../handle.js';
import type { Members } from '../members.js';
import { emailTaken, registerPerson } from '../registration.js';
import type { Roles } from '../roles.js';
import { notAMember, SESSION_LIFE, type Sessions } from '../sessions.js';
import type { CloudflareAccounts, Shown } from './accounts.js';
import type { CheckedToken } from './check-token.js';

type Input = Extract<ParsedInputOf<typeof openSession>, { method: 'cloudflare' }>;
type Session = DataOf<typeof sessionView>;
type Reason = Extract<CloudflareCommand, { type: 'RefuseLogIn' }>['reason'];
type Tell = (step: CloudflareStep) => void;

const VIEW_PATIENCE = 2_000;
const SILENT: Tell = () => undefined;

export interface CloudflareLogInsDeps {
  readonly accounts: CloudflareAccounts;
  readonly handle: Handle;
  readonly read: ReadState;
  readonly views: Views;
  readonly vault: Vault;
  readonly persons: Persons;
  readonly members: Pick<Members, 'join'>;
  readonly roles: Roles;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  /** A token of a subject for an address, so that none is written down. */
  readonly addressKey: (address: string) => string;
  readonly hmacKey: Buffer;
  readonly now: () => number;
  readonly log: Logger;
}

const userUnknown = () => new Refusal('CLOUDFLARE.USER_UNKNOWN', 'The token does not say whose it is. Add User · User Details · Read to it; a token that an account owns belongs to nobody and can\'t log in.');
/** Tells our names of tokens from what other sources call their sessions. */
const OWN_SID = 'cloudflare-';
const tokenSecret = (sid: string): string => `${sid}-token`;
interface KeptToken { readonly token: string; readonly account: string }

export class CloudflareLogIns {
  constructor(private readonly deps: CloudflareLogInsDeps) {}

  /** The steps, before a log-in. @throws Refusal CLOUDFLARE.…, LOGIN.TOO_MANY */
  async validate(input: ParsedInputOf<typeof validateCloudflareToken>, tell: Tell): Promise<OutputOf<typeof validateCloudflareToken>> {
    const { found, slug } = await this.shown(input, input.device.network ?? input.device.address, tell);
    const organisation = await this.deps.read(tenant, INSTALLATION, slug);
    return {
      account: found.account, user: found.user === null ? null : { email: found.user.email }, tenant: { id: slug, name: organisation.status === 'active' ? organisation.name : slug },
      features: [...found.features], steps: [...found.steps],
    };
  }

  /** `context.id` is the session's. @throws Refusal CLOUDFLARE.…, LOGIN.… */
  async logIn(opening: CommandContext, input: Input): Promise<SessionTokens> {
    // only the session is new; the person, the identity and the account may be there
    const context = { ...opening, presumed_new: undefined };
    const { found, slug, link } = await this.shown(input, input.device.network ?? input.device.address, SILENT);
    if (input.tenant !== undefined && input.tenant !== slug) throw notAMember(input.tenant);
    const id = this.identityOf(found.user ?? (await this.refused(context, slug, found, 'user_unknown', userUnknown())));
    const known = await this.deps.read(identity, INSTALLATION, id);
    const person = known.status === 'linked' ? await this.admitted(context, slug, found, link, known.person) : await this.newcomer(context, slug, found, link, id);
    const sid = this.sidOf(found);
    await this.deps.vault.put(INSTALLATION, tokenSecret(sid), JSON.stringify({ token: input.token, account: found.account.id } satisfies KeptToken));
    const holder = await this.deps.read(personAggregate, INSTALLATION, person);
    return this.deps.sessions.open(opening, {
      person, tenant: slug, device: input.device, method: 'cloudflare', source: { kind: 'identity', id, sid },
      // Who has a password proves with it: a token lies about in more places.
      ...(holder.status === 'registered' && holder.has_password ? { from: { expires_at: new Date(Date.parse(context.now) + SESSION_LIFE).toISOString(), proved_until: undefined } } : {}),
    });
  }

  /** A person shows a token of their own. `context.id` is not used: the identity has an id of its own. @throws Refusal CLOUDFLARE.…, IDENTITY.TAKEN, LOGIN.TENANT_BOUND */
  async linkIdentity(context: CommandContext, person: string, input: ParsedInputOf<typeof linkCloudflareIdentity>): Promise<Written> {
    // It will count in every tenant.
    await this.deps.sessions.requireOwnWord(context.actor.session, null);
    const found = await this.deps.accounts.check(input, SILENT, async (account) => {
      if ((await this.deps.accounts.tenantOf(account)) !== context.tenant) throw notLinked();
    });
    if (found.user === null) throw userUnknown();
    return this.link(context, found.user, person, context.tenant, false);
  }

  /** Takes the account's token away; whoever came by it leaves. @throws Refusal CLOUDFLARE.NOT_LINKED */
  async unlink(context: CommandContext): Promise<Written> {
    const written = await this.deps.accounts.unlink(context);
    await this.endWhere(async ({ tenant: slug, source }) => slug === context.tenant && (await this.keptToken(source?.sid))?.account === context.id);
    return written;
  }

  /**
   * Every token that sessions depend on is shown to Cloudflare again; where it was refused, or no longer reaches the account, its sessions end.
   * One that can't be asked about now is left as it is.
   */
  async reverify(): Promise<void> {
    const sids = new Set((await this.open()).map(s => s.source?.sid).filter(sid => sid !== undefined));
    for (const sid of sids) {
      const kept = await this.keptToken(sid);
      const verdict = kept === undefined ? 'refused' : await this.deps.accounts.ask(kept.token, kept.account).then(found => found.status, (error: unknown) => {
        this.deps.log.warn({ err: error }, 'a Cloudflare token that sessions depend on could not be checked now');
        return 'active' as const;
      });
      if (verdict === 'refused') await this.endWhere(async s => s.source?.sid === sid);
    }
  }

  /** The last session that depended on a token is over: the token goes too. */
  async forgetToken(sid: string): Promise<void> {
    if (sid.startsWith(OWN_SID) && !(await this.open()).some(s => s.source?.sid === sid)) await this.deps.vault.destroy(INSTALLATION, tokenSecret(sid));
  }

  private async shown(shown: Shown, network: string, tell: Tell): Promise<{ readonly found: CheckedToken; readonly slug: string; readonly link: LinkedAccount }> {
    const { accounts, throttle, addressKey } = this.deps;
    const attempt = await throttle.begin(network === '' ? [] : [{ kind: 'address', key: addressKey(network), limits: ADDRESS_BACK_OFF }]);
    if ('wait' in attempt) throw new Refusal('LOGIN.TOO_MANY', `Too many failed log-ins from here; try again in ${Math.ceil(attempt.wait / 1_000)} s.`, { retry_after_ms: attempt.wait }, true);
    try {
      const found = await accounts.check(shown, tell, async (account) => {
        if ((await accounts.tenantOf(account)) === undefined) throw new Refusal('CLOUDFLARE.NOT_LINKED', 'This Cloudflare account is linked to no organisation here. An owner logs in and links it under Settings → Cloudflare.');
      });
      const slug = await accounts.tenantOf(found.account.id);
      if (slug === undefined) throw notLinked();
      await attempt.forgiven();
      return { found, slug, link: await accounts.linked(slug, found.account.id) };
    } catch (error) {
      // only a token that is none counts as a guess
      if (!(error instanceof Refusal) || error.code !== 'CLOUDFLARE.TOKEN_INVALID') await attempt.forgiven();
      throw error;
    }
  }

  /** Somebody whom an administrator took out does not come back by themselves. */
  private async admitted(context: CommandContext, slug: string, found: CheckedToken, link: LinkedAccount, person: string): Promise<string> {
    const { status } = await this.deps.read(member, slug, person);
    if (status === 'member') return person;
    if (status === 'removed' || link.join_role === null) return this.refused(context, slug, found, 'not_a_member', notAMember(slug));
    await this.join(context, slug, person, link.join_role);
    return person;
  }

  private async newcomer(context: CommandContext, slug: string, found: CheckedToken, link: LinkedAccount, id: string): Promise<string> {
    const { user } = found;
    if (user === null) throw userUnknown();
    if (link.join_role === null) return this.refused(context, slug, found, 'not_a_member', notAMember(slug));
    // derived, so that a second try finds the person of the first
    const person = ulidOf(createHmac('sha256', this.deps.hmacKey).update(`person\n${id}`).digest());
    const linkNeeded = new Refusal('CLOUDFLARE.LINK_NEEDED', 'Somebody here has this address already. If that is you, log in as usual and link Cloudflare in your profile.');
    const before = await this.deps.read(personAggregate, INSTALLATION, person);
    if (before.status === 'registered') {
      // Who has another way in took this one away. Who has none was registered by a try that died before it linked the identity.
      const ways = await this.deps.views.list(INSTALLATION, 'identities', person);
      if (before.has_password || ways.length > 0) return this.refused(context, slug, found, 'address_taken', linkNeeded);
    } else {
      try {
        await registerPerson(this.deps, { ...context, command_id: `${context.command_id}-person` }, { id: person, email: user.email, name: user.email.split('@')[0] ?? user.email });
      } catch (error) {
        // An address alone proves nothing here: Cloudflare's word is not that of the person who has an account with it.
        if (!(error instanceof Refusal) || error.code !== emailTaken().code) throw error;
        return this.refused(context, slug, found, 'address_taken', linkNeeded);
      }
    }
    await this.link(context, user, person, slug, true);
    return this.admitted(context, slug, found, link, person);
  }

  private async join(context: CommandContext, slug: string, person: string, role: string): Promise<void> {
    await this.deps.members.join({ ...context, tenant: slug, id: person, actor: { kind: 'system', id: 'cloudflare' }, command_id: `${context.command_id}-join` }, role, await this.deps.roles.granter(slug, null));
  }

  private async link(context: CommandContext, user: { readonly id: string; readonly email: string }, person: string, slug: string, joined: boolean): Promise<Written> {
    const id = this.identityOf(user);
    const secret = `identity-${id}`;
    await this.deps.vault.put(INSTALLATION, secret, JSON.stringify({ issuer: 'cloudflare', subject: user.id, email: user.email }));
    const { stream, seq } = await this.deps.handle(identity, { ...context, presumed_new: undefined, tenant: INSTALLATION, id, command_id: `${context.command_id}-identity` }, { type: 'LinkIdentity', person, kind: 'cloudflare', tenant: slug, provider: 'cloudflare', secret, joined });
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }

  private async refused(context: CommandContext, slug: string, { account, user }: CheckedToken, reason: Reason, why: Refusal): Promise<never> {
    await this.deps.handle(cloudflareAccount, { ...context, tenant: slug, id: account.id, command_id: newId() }, { type: 'RefuseLogIn', reason, ...(user === null ? {} : { identity: this.identityOf(user) }) });
    throw why;
  }

  private identityOf(user: { readonly id: string }): string {
    return ulidOf(createHmac('sha256', this.deps.hmacKey).update(`identity\ncloudflare\n${user.id}`).digest());
  }

  private sidOf({ token_id, account }: CheckedToken): string {
    return `${OWN_SID}${createHmac('sha256', this.deps.hmacKey).update(`cloudflare-token\n${token_id}\n${account.id}`).digest('hex').slice(0, 32)}`;
  }

  private async keptToken(sid: string | undefined): Promise<KeptToken | undefined> {
    const text = sid === undefined ? undefined : await this.deps.vault.getText(INSTALLATION, tokenSecret(sid)).catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as KeptToken);
  }

  private async open(): Promise<Session[]> {
    return (await this.deps.views.list<Session>(INSTALLATION, 'sessions')).map(s => s.value.data).filter(s => s.source?.sid?.startsWith(OWN_SID) === true);
  }

  private async endWhere(fits: (session: Session) => Promise<boolean>): Promise<void> {
    for (const session of await this.open()) {
      if (!(await fits(session))) continue;
      await this.deps.sessions.end({ tenant: INSTALLATION, id: session.id, actor: { kind: 'system', id: 'cloudflare' }, now: new Date(this.deps.now()).toISOString(), command_id: newId(), correlation_id: newId() }, 'source_ended', null);
    }
  }
}
