/** Sessions: opened for whoever was proved, refreshed, proved again, moved to another tenant, ended. How one proves who one is stands in `log-in/`. */
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type DataOf, type OutputOf, type Written } from '@xanthus/proto';
import type { device, sessionAddresses, SessionTokens, sessionView } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import type { z } from 'zod';
import type { AccessTokens } from '../adapters/access-tokens.js';
import type { Persons } from '../adapters/persons.js';
import { sha256Hex, type RefreshTokens } from '../adapters/refresh-token.js';
import { identity } from '../domain/identity.js';
import { member } from '../domain/member.js';
import { person } from '../domain/person.js';
import { provedUntil, session, type EndReason, type Opening, type OpenSession } from '../domain/session.js';
import { tenant } from '../domain/tenant.js';
import { membershipsKey, type Memberships } from '../views/members.js';
import { deviceName } from './device-name.js';
import type { Handle, ReadState } from './handle.js';

export type Device = z.output<typeof device>;
type SessionData = DataOf<typeof sessionView>;

/** A session ends for good after this long, ms. */
export const SESSION_LIFE = 30 * 24 * 3_600_000;
/** How long an answer waits for the views to show it, ms. */
const VIEW_PATIENCE = 2_000;

export interface SessionsDeps {
  readonly handle: Handle;
  readonly read: ReadState;
  readonly views: Views;
  readonly vault: Vault;
  readonly persons: Persons;
  readonly access: AccessTokens;
  readonly refresh: RefreshTokens;
  readonly log: Logger;
}

/** Who was proved, how, and for what. */
export interface NewSession {
  readonly person: string;
  readonly tenant: string;
  readonly device: Device;
  readonly method: Opening['method'];
  readonly second_factor?: Opening['second_factor'];
  /** What the session depends on: it ends with it (`endBySource`). */
  readonly source?: Opening['source'];
  /** Another end than 30 days from now, and another proof than this log-in: of a session that goes on in another tenant. */
  readonly from?: Pick<OpenSession, 'expires_at' | 'proved_until'>;
}

const ended = () => new Refusal('SESSION.ENDED', 'This session has ended; log in again.');
const sessionSecret = (id: string): string => `session-${id}`;
export const notAMember = (asked: string | undefined) => new Refusal('LOGIN.NOT_A_MEMBER', asked === undefined ? 'You belong to no tenant.' : `You are no member of ${asked}.`);

const identityKind = async (read: ReadState, id: string): Promise<string | undefined> => {
  const state = await read(identity, INSTALLATION, id);
  return state.status === 'linked' ? state.kind : undefined;
};

export class Sessions {
  constructor(private readonly deps: SessionsDeps) {}

  /** Opens a session for somebody whose identity was proved. `context.id` is its id. */
  async open(context: CommandContext, who: NewSession): Promise<SessionTokens> {
    const { handle, vault, views, refresh } = this.deps;
    const { person, tenant: slug, method, source, second_factor, from } = who;
    const id = context.id;
    const secret = sessionSecret(id);
    const expires_at = from?.expires_at ?? new Date(Date.parse(context.now) + SESSION_LIFE).toISOString();
    const proved_until = from === undefined ? provedUntil(context.now) : from.proved_until;
    const { address, user_agent } = who.device;
    const shown = this.shown(person, slug);
    shown.catch(() => undefined);
    await vault.put(INSTALLATION, secret, JSON.stringify({ address, user_agent }));
    const { seq, state } = await handle(session, { ...context, tenant: INSTALLATION, actor: { kind: 'person', id: person, session: id } }, {
      type: 'OpenSession', person, tenant: slug, method, device: deviceName(user_agent), refresh_sha256: sha256Hex(refresh.make(id, 0)), secret, expires_at,
      ...(proved_until === undefined ? {} : { proved_until }), ...(source === undefined ? {} : { source }), ...(second_factor === undefined ? {} : { second_factor }),
    });
    // A gateway looks for the session in the view; it is there before anybody shows its token.
    await views.waitFor(seq, VIEW_PATIENCE);
    if (state.status !== 'open') throw ended();
    // Unlinked while this log-in was under way: who ended the sessions that depend on it could not see this one yet.
    if (source !== undefined && (await identityKind(this.deps.read, source.id)) === undefined) {
      await this.end({ ...context, command_id: `${context.command_id}-undo`, presumed_new: undefined }, 'source_ended', null);
      throw ended();
    }
    return this.tokens(id, state, shown);
  }

  /** @throws Refusal SESSION.ENDED, SESSION.REFRESH_REUSED (which also ends the session) */
  async refresh(context: CommandContext, token: string): Promise<SessionTokens> {
    const { handle, refresh, read } = this.deps;
    const shown = refresh.read(token);
    if (shown === undefined || shown.session !== context.id) throw ended();
    const { state } = await handle(session, { ...context, tenant: INSTALLATION }, { type: 'RefreshSession', generation: shown.generation, next_sha256: sha256Hex(refresh.make(shown.session, shown.generation + 1)) });
    if (state.status === 'ended' && state.reason === 'refresh_reused') throw new Refusal('SESSION.REFRESH_REUSED', 'This refresh token was used before, so the session was ended; log in again.');
    if (state.status !== 'open') throw ended();
    const membership = await read(member, state.tenant, state.person);
    if (membership.status !== 'member') {
      await this.end(context, 'member_removed', null);
      throw ended();
    }
    return this.tokens(context.id, state);
  }

  /** A new session in the other tenant, with the end and the proof of this one, which ends. @throws Refusal LOGIN.NOT_A_MEMBER, LOGIN.TENANT_BOUND, SESSION.ENDED */
  async switch(context: CommandContext, slug: string, device: Device): Promise<SessionTokens> {
    const before = await this.deps.read(session, INSTALLATION, context.id);
    if (before.status !== 'open' || before.expires_at <= context.now) throw ended();
    if ((await this.tenantOf(before.person, slug)) === undefined) throw notAMember(slug);
    // A tenant's provider vouches for its own tenant: elsewhere its word counts nothing, and here it is asked about this session, not about one that followed.
    if (await this.isBound(before)) throw new Refusal('LOGIN.TENANT_BOUND', `You came in by the single sign-on of ${before.tenant}, which counts there only. Log in to ${slug} on its own.`);
    const tokens = await this.open({ ...context, id: newId(), command_id: `${context.command_id}-open`, presumed_new: true }, { person: before.person, tenant: slug, device, method: 'switch', source: before.source, from: before });
    await this.end(context, 'switched', null);
    return tokens;
  }

  /**
   * For what makes a person known elsewhere too: nobody gets that who was vouched for by another tenant's provider alone. Who has a password gave it as the proof.
   * @param within the tenant that it is about; null: all of them. @throws Refusal LOGIN.TENANT_BOUND
   */
  async requireOwnWord(id: string | undefined, within: string | null): Promise<void> {
    const state = id === undefined ? undefined : await this.deps.read(session, INSTALLATION, id);
    if (state?.status !== 'open' || state.tenant === within || !(await this.isBound(state))) return;
    const holder = await this.deps.read(person, INSTALLATION, state.person);
    if (holder.status !== 'registered' || !holder.has_password) throw new Refusal('LOGIN.TENANT_BOUND', `You came in by the single sign-on of ${state.tenant}, which counts there only. Log in in another way to do this.`);
  }

  /** The person has proved again who they are. @throws Refusal SESSION.NOT_FOUND, SESSION.ENDED */
  async proved(context: CommandContext, person: string, by: 'password' | 'totp' | 'recovery' | 'oidc' | 'cloudflare'): Promise<Written & { proved_until: string }> {
    const { id, stream, seq, state } = await this.deps.handle(session, { ...context, tenant: INSTALLATION }, { type: 'ProveSession', person, by });
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    if (state.status !== 'open' || state.proved_until === undefined) throw ended();
    return { id, stream, seq, proved_until: state.proved_until };
  }

  /** @param owner whose session it must be; null: whoever's. @throws Refusal SESSION.NOT_FOUND */
  async end(context: CommandContext, reason: EndReason, owner: string | null): Promise<Written> {
    const { handle, vault, views } = this.deps;
    const { id, stream, seq } = await handle(session, { ...context, tenant: INSTALLATION }, { type: 'EndSession', reason, person: owner });
    await vault.destroy(INSTALLATION, sessionSecret(context.id));
    await views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }

  /** Ends every session of the person, in all tenants, but `keep` and those that were opened since. @returns how many */
  async endAll(context: CommandContext, person: string, reason: EndReason, o: { readonly keep?: string | undefined; readonly openedBefore?: string } = {}): Promise<number> {
    const open = await this.of(person);
    return this.endEach(context, open.filter(s => s.id !== o.keep && (o.openedBefore === undefined || s.opened_at < o.openedBefore)), reason);
  }

  /** Ends the sessions of the person that depend on an identity or the like. @returns how many */
  async endBySource(context: CommandContext, person: string, source: string): Promise<number> {
    return this.endEach(context, (await this.of(person)).filter(s => s.source?.id === source), 'source_ended');
  }

  /** From where one's own open sessions were opened; what cannot be read any more is left out. */
  async addresses(person: string): Promise<OutputOf<typeof sessionAddresses>> {
    const found = await Promise.all((await this.of(person)).map(async ({ id }) => {
      const text = await this.deps.vault.getText(INSTALLATION, sessionSecret(id)).catch(() => undefined);
      return text === undefined ? [] : [{ id, ...(JSON.parse(text) as Pick<Device, 'address' | 'user_agent'>) }];
    }));
    return { sessions: found.flat().map(({ id, address, user_agent }) => ({ id, address, user_agent })) };
  }

  /** The tenant asked for, else the first one joined; only if the log says that the person is a member there. */
  async tenantOf(person: string, asked: string | undefined): Promise<string | undefined> {
    const candidates = asked !== undefined ? [asked] : ((await this.deps.views.get<Memberships>(membershipsKey(person)))?.data.tenants ?? []);
    for (const slug of candidates) if ((await this.deps.read(member, slug, person)).status === 'member') return slug;
    return undefined;
  }

  /** An identity that is no more says nothing: what depends on it is about to end. */
  private async isBound({ source }: OpenSession): Promise<boolean> {
    return source !== undefined && (await identityKind(this.deps.read, source.id)) !== 'cloudflare';
  }

  private async of(person: string): Promise<SessionData[]> {
    return (await this.deps.views.list<SessionData>(INSTALLATION, 'sessions', person)).map(s => s.value.data);
  }

  private async endEach(context: CommandContext, sessions: readonly SessionData[], reason: EndReason): Promise<number> {
    await Promise.all(sessions.map(({ id }) => this.end({ ...context, id, command_id: `${context.command_id}-${id}` }, reason, null)));
    return sessions.length;
  }

  /** What an answer shows of person and tenant. */
  private async shown(person: string, slug: string): Promise<Shown> {
    const [record, organisation] = await Promise.all([this.deps.persons.record(person), this.deps.read(tenant, INSTALLATION, slug)]);
    return { name: record?.name, email: record?.email ?? '', organisation: organisation.status === 'active' ? organisation.name : slug };
  }

  private async tokens(id: string, state: OpenSession, shown = this.shown(state.person, state.tenant)): Promise<SessionTokens> {
    const { access, refresh } = this.deps;
    const { name, email, organisation } = await shown;
    const issued = await access.issue({ person: state.person, session: id, tenant: state.tenant, name, proved_until: state.proved_until });
    return {
      access_token: issued.token, token_type: 'Bearer', expires_at: issued.expires_at, refresh_token: refresh.make(id, state.generation), session: id,
      user: { id: state.person, name: name ?? '', email },
      tenant: { id: state.tenant, name: organisation },
      ...(state.proved_until === undefined ? {} : { proved_until: state.proved_until }),
    };
  }
}

interface Shown { readonly name: string | undefined; readonly email: string; readonly organisation: string }
