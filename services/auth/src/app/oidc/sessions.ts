/** Sessions that a provider vouches for: they end when it says so, when it refuses to go on, and when nobody could ask it for half a day. */
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type DataOf } from '@xanthus/proto';
import type { sessionView } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import type { OidcConversations } from '../../adapters/oidc-client.js';
import { session as sessionAggregate } from '../../domain/session.js';
import type { ReadState } from '../handle.js';
import type { Sessions } from '../sessions.js';
import type { Identities } from './identities.js';
import { wantedOf, type KnownProvider, type OidcProviders } from './providers.js';
import type { OidcRoles } from './roles.js';

type SessionData = DataOf<typeof sessionView>;

export interface OidcSessionsDeps {
  readonly read: ReadState; readonly views: Views; readonly vault: Vault; readonly sessions: Sessions; readonly oidc: OidcConversations; readonly providers: OidcProviders; readonly identities: Identities; readonly roles: OidcRoles; readonly log: Logger;
  /** ms since 1970 */
  readonly now?: () => number;
}

interface Kept { readonly provider: string; readonly subject: string; readonly refresh_token?: string; /** When the provider last stood by it. */ readonly verified_at: string }
const keptUnder = (session: string): string => `oidc-session-${session}`;

/** Without the provider's word a session lasts this long, ms: the provider gives no token to ask again with, or is away. */
export const LONGEST_UNVERIFIED = 12 * 3_600_000;
/** Providers are asked so many things at once. */
const AT_ONCE = 8;
/** Logout tokens are remembered at least as long as they are accepted, ms; and so many. */
const REMEMBERED = 5 * 60_000;
const MOST_REMEMBERED = 10_000;

const system = (id: string, now: string): CommandContext => ({ tenant: INSTALLATION, id, actor: { kind: 'system', id: 'oidc' }, now, command_id: newId(), correlation_id: newId() });

export class OidcSessions {
  private readonly seen = new Map<string, number>();
  constructor(private readonly deps: OidcSessionsDeps) {}

  /** Before the session is opened: without it the session could not be asked about. */
  async keep(session: string, { ref }: KnownProvider, what: Pick<Kept, 'subject' | 'refresh_token'>): Promise<void> {
    await this.deps.vault.put(INSTALLATION, keptUnder(session), JSON.stringify({ ...what, provider: ref, verified_at: new Date(this.now()).toISOString() } satisfies Kept));
  }

  async forget(session: string): Promise<void> {
    if ((await this.kept(session)) !== undefined) await this.deps.vault.destroy(INSTALLATION, keptUnder(session));
  }

  /** Asks every provider about its sessions. One that is away is asked again in the next round. */
  async verify(signal?: AbortSignal): Promise<void> {
    const away = new Set<string>();
    const waiting = (await this.ofProviders()).values();
    const worker = async (): Promise<void> => {
      for (const session of waiting) {
        if (signal?.aborted === true) return;
        await this.verifyOne(session, away).catch((error: unknown) => this.deps.log.warn({ err: error, session: session.id }, 'a session could not be verified now'));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** The provider was removed at `when`. */
  async endOf(ref: string, when: string): Promise<void> {
    const [tenant] = ref.split('.');
    for (const session of (await this.ofProviders()).filter(s => s.tenant === tenant && s.opened_at <= when)) {
      if ((await this.kept(session.id))?.provider === ref) await this.end(session);
    }
  }

  /** @returns how many sessions ended. @throws Refusal OIDC.NOT_FOUND, OIDC.LOGOUT_INVALID, OIDC.UNAVAILABLE */
  async logOut(ref: string, token: string): Promise<number> {
    const { identities, oidc, providers } = this.deps;
    const provider = await providers.find(ref);
    const said = await oidc.readLogout(provider.client, token);
    const name = `${ref} ${said.jti}`;
    if ((this.seen.get(name) ?? 0) > this.now()) throw new Refusal('OIDC.LOGOUT_INVALID', 'This logout token was used before.');
    const identity = said.subject === undefined ? undefined : identities.idOf('oidc', provider.tenant, said.issuer, said.subject);
    const sid = said.sid === undefined ? undefined : identities.keyOf(ref, said.sid);
    // A session of after the log-out is none of it: so a token that is sent again, to another copy of us, ends nothing that it should not.
    const meant = (await this.ofProviders()).filter(s => s.tenant === provider.tenant && (sid === undefined ? s.source?.id === identity : s.source?.sid === sid && (identity === undefined || s.source.id === identity)) && Date.parse(s.opened_at) < said.issued_at + 1_000);
    await Promise.all(meant.map(session => this.end(session)));
    // Only now: where that failed, the provider tries again with the same token.
    this.remember(name);
    return meant.length;
  }

  /** Where the browser logs out at the provider of this session too. */
  async logoutUrl(session: string, return_to: string): Promise<string | null> {
    const state = await this.deps.read(sessionAggregate, INSTALLATION, session);
    // Most sessions are no provider's; the vault need not be asked about them.
    const kept = state.status === 'open' && state.source !== undefined ? await this.kept(session) : undefined;
    if (kept === undefined) return null;
    try {
      const { client } = await this.deps.providers.find(kept.provider);
      return (await this.deps.oidc.logoutUrl(client, return_to)) ?? null;
    } catch (error) {
      this.deps.log.info({ provider: kept.provider, err: error }, 'nobody can be sent to the provider to log out now');
      return null;
    }
  }

  private async verifyOne(session: SessionData, away: Set<string>): Promise<void> {
    const { identities, log, oidc, providers, roles, vault } = this.deps;
    const kept = await this.kept(session.id);
    const source = session.source === undefined ? undefined : await identities.find(session.source.id);
    if (kept === undefined || source?.status !== 'linked') return this.end(session);
    const provider = await providers.find(kept.provider).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'OIDC.NOT_FOUND') return undefined;
      throw error;
    });
    if (provider === undefined) return this.end(session);
    const now = this.now();
    const tooLong = now - Date.parse(kept.verified_at) > LONGEST_UNVERIFIED;
    const answer = kept.refresh_token === undefined || away.has(provider.ref) ? undefined : await oidc.refresh(provider.client, kept.refresh_token, kept.subject, wantedOf(provider));
    if (answer?.status === 'good') {
      await vault.put(INSTALLATION, keptUnder(session.id), JSON.stringify({ ...kept, refresh_token: answer.refresh_token, verified_at: new Date(now).toISOString() } satisfies Kept));
      if (source.joined && answer.claims !== undefined && (await roles.apply(system(session.person, new Date(now).toISOString()), provider, session.person, answer.claims)) === null) await this.end(session);
      return;
    }
    if (answer?.status === 'unavailable') {
      away.add(provider.ref);
      log.info({ provider: provider.ref, why: answer.why }, 'a provider could not be asked about its sessions; they go on for now');
    }
    if (answer?.status === 'refused' || tooLong) await this.end(session);
  }

  private async ofProviders(): Promise<SessionData[]> {
    return (await this.deps.views.list<SessionData>(INSTALLATION, 'sessions')).map(s => s.value.data).filter(s => s.method === 'oidc');
  }

  private async kept(session: string): Promise<Kept | undefined> {
    const text = await this.deps.vault.getText(INSTALLATION, keptUnder(session)).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'VAULT.NOT_FOUND') return undefined;
      throw error;
    });
    return text === undefined ? undefined : (JSON.parse(text) as Kept);
  }

  private async end(session: SessionData): Promise<void> {
    await this.deps.sessions.end(system(session.id, new Date(this.now()).toISOString()), 'source_ended', null);
    await this.forget(session.id);
  }

  private remember(name: string): void {
    if (this.seen.size >= MOST_REMEMBERED) this.seen.clear();
    this.seen.set(name, this.now() + REMEMBERED);
  }

  private now(): number {
    return (this.deps.now ?? Date.now)();
  }
}
