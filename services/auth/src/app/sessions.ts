/** Log-in, refresh and log-out. */
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import type { device, SessionTokens } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import type { z } from 'zod';
import type { AccessTokens } from '../adapters/access-tokens.js';
import type { LoginThrottle } from '../adapters/login-throttle.js';
import { verifyPassword } from '../adapters/passwords.js';
import { NOBODY, type Persons } from '../adapters/persons.js';
import { sha256Hex, type RefreshTokens } from '../adapters/refresh-token.js';
import { member } from '../domain/member.js';
import { person } from '../domain/person.js';
import { session, type OpenSession } from '../domain/session.js';
import { tenant } from '../domain/tenant.js';
import { membershipsKey, type Memberships } from '../views/members.js';
import { deviceName } from './device-name.js';
import type { Handle, ReadState } from './handle.js';

type Device = z.output<typeof device>;

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
  readonly throttle: { readonly account: LoginThrottle; readonly address: LoginThrottle };
  readonly log: Logger;
}

export interface LogIn { readonly email: string; readonly password: string; readonly tenant?: string | undefined; readonly device: Device }

const refused = () => new Refusal('LOGIN.REFUSED', 'E-mail address or password is wrong.');
const ended = () => new Refusal('SESSION.ENDED', 'This session has ended; log in again.');
export const sessionSecret = (id: string): string => `session-${id}`;

export class Sessions {
  constructor(private readonly deps: SessionsDeps) {}

  /** @throws Refusal LOGIN.REFUSED (the same for an unknown address), LOGIN.TOO_MANY, LOGIN.NOT_A_MEMBER */
  async logIn(context: CommandContext, input: LogIn): Promise<SessionTokens> {
    const { persons, throttle } = this.deps;
    const account = persons.emailKey(input.email);
    const address = input.device.address;
    const wait = Math.max(throttle.account.wait(account), throttle.address.wait(address));
    if (wait > 0) throw new Refusal('LOGIN.TOO_MANY', `Too many failed log-ins; try again in ${Math.ceil(wait / 1_000)} s.`, { retry_after_ms: wait }, true);

    const found = await persons.findByEmail(input.email);
    const record = await persons.record(found ?? NOBODY);
    const matches = await verifyPassword(record?.password_hash, input.password);
    if (!matches || found === undefined) {
      throttle.account.failed(account);
      throttle.address.failed(address);
      this.noteRefusal(context, found, 'wrong_password');
      throw refused();
    }
    const slug = await this.tenantOf(found, input.tenant);
    if (slug === undefined) {
      this.noteRefusal(context, found, 'not_a_member');
      throw new Refusal('LOGIN.NOT_A_MEMBER', input.tenant === undefined ? 'You belong to no tenant.' : `You are no member of ${input.tenant}.`);
    }
    throttle.account.succeeded(account);
    return this.open(context, { person: found, tenant: slug, device: input.device });
  }

  /** Opens a session for somebody whose identity was proved. `context.id` is its id. */
  async open(context: CommandContext, who: { readonly person: string; readonly tenant: string; readonly device: Device }): Promise<SessionTokens> {
    const { handle, vault, views, refresh } = this.deps;
    const id = context.id;
    const secret = sessionSecret(id);
    const expires_at = new Date(Date.parse(context.now) + SESSION_LIFE).toISOString();
    await vault.put(INSTALLATION, secret, JSON.stringify(who.device));
    const actor = { kind: 'person', id: who.person, session: id } as const;
    const { seq, state } = await handle(session, { ...context, tenant: INSTALLATION, actor }, {
      type: 'OpenSession', person: who.person, tenant: who.tenant, method: 'password', device: deviceName(who.device.user_agent), refresh_sha256: sha256Hex(refresh.make(id, 0)), secret, expires_at,
    });
    // A gateway looks for the session in the view; it is there before anybody shows its token.
    await views.waitFor(seq, VIEW_PATIENCE);
    if (state.status !== 'open') throw ended();
    return this.tokens(id, state);
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

  /** @param owner whose session it must be; null: whoever's. @throws Refusal SESSION.NOT_FOUND */
  async end(context: CommandContext, reason: 'logged_out' | 'revoked' | 'expired' | 'member_removed', owner: string | null): Promise<{ id: string; stream: string; seq: number }> {
    const { handle, vault, views } = this.deps;
    const { id, stream, seq } = await handle(session, { ...context, tenant: INSTALLATION }, { type: 'EndSession', reason, person: owner });
    await vault.destroy(INSTALLATION, sessionSecret(context.id));
    await views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }

  private async tokens(id: string, state: OpenSession): Promise<SessionTokens> {
    const { access, persons, read, refresh } = this.deps;
    const [record, organisation] = await Promise.all([persons.record(state.person), read(tenant, INSTALLATION, state.tenant)]);
    const issued = await access.issue({ person: state.person, session: id, tenant: state.tenant, name: record?.name });
    return {
      access_token: issued.token, token_type: 'Bearer', expires_at: issued.expires_at, refresh_token: refresh.make(id, state.generation), session: id,
      user: { id: state.person, name: record?.name ?? '', email: record?.email ?? '' },
      tenant: { id: state.tenant, name: organisation.status === 'active' ? organisation.name : state.tenant },
    };
  }

  /** The tenant asked for, else the first one joined; only if the log says that the person is a member there. */
  private async tenantOf(who: string, asked: string | undefined): Promise<string | undefined> {
    const candidates = asked !== undefined ? [asked] : ((await this.deps.views.get<Memberships>(membershipsKey(who)))?.data.tenants ?? []);
    for (const slug of candidates) if ((await this.deps.read(member, slug, who)).status === 'member') return slug;
    return undefined;
  }

  /** Not waited for: an answer that took longer would say that the person exists. */
  private noteRefusal(context: CommandContext, who: string | undefined, reason: 'wrong_password' | 'not_a_member'): void {
    if (who === undefined) return;
    this.deps.handle(person, { ...context, tenant: INSTALLATION, id: who, command_id: newId() }, { type: 'RefuseLogin', reason })
      .catch((error: unknown) => this.deps.log.warn({ err: error }, 'a refused log-in could not be recorded'));
  }
}
