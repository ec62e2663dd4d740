/**
 * Who is logged in here. A plain class: it owns the access token (memory only; the refresh token is a cookie that no script
 * sees) and tells pages its state. The socket is opened elsewhere with `token()`.
 */
import type { SessionTokens } from '@xanthus/proto/auth';
import { request, serverAhead } from '../lib/http.js';
import { ApiError, toProblem, type ShownProblem } from '../lib/problem.js';

export type Identity = Pick<SessionTokens, 'user' | 'tenant'> & { readonly session?: string };

export type SessionState =
  | { readonly status: 'starting' }
  | { readonly status: 'anonymous'; readonly ended?: ShownProblem }
  | { readonly status: 'unreachable'; readonly problem: ShownProblem }
  | { readonly status: 'signed_in'; readonly identity: Identity };

type Tokens = Omit<SessionTokens, 'refresh_token'>;

export interface PasswordLogin { readonly email: string; readonly password: string; readonly tenant?: string; /** Second factor. */ readonly code?: string }
/** What an invitation leads to. */
export interface Invited { readonly tenant: { readonly id: string; readonly name: string }; readonly role: string; readonly email: string; readonly expires_at: string; readonly has_account: boolean }
export interface InvitationAnswer { readonly token: string; readonly name?: string; readonly password?: string; /** Second factor. */ readonly code?: string }
export interface SetupInput { readonly token: string; readonly email: string; readonly password: string; readonly name: string; readonly tenant: { readonly slug: string; readonly name: string } }

/** A token with less life than this is not handed out any more, ms. The SDK asks for a fresh one at 80 % of its life. */
const SPARE = 150_000;
/** No access token lives longer, ms. */
const LONGEST = 600_000;

/** The gateway sets this beside the cookie that no script sees: without it there is nothing to restore, and no refused request in the browser's console. */
const mayBeLoggedIn = (): boolean => typeof document === 'undefined' || /(?:^|; )xanthus_here=1/.test(document.cookie);

/** One refresh at a time over all tabs: the refresh token rotates, and a used one that comes again ends the session. */
const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  typeof navigator !== 'undefined' && 'locks' in navigator ? navigator.locks.request('xanthus.refresh', work) as Promise<T> : work();

export class Session {
  #state: SessionState = { status: 'starting' };
  #tokens: Tokens | undefined;
  #until = 0;
  #refreshing: Promise<Tokens> | undefined;
  readonly #listeners = new Set<() => void>();

  /** `tabs`: how the pages of one browser hear of each other; logged out in one is logged out in all. */
  constructor(private readonly now: () => number = Date.now, private readonly tabs?: BroadcastChannel) {
    tabs?.addEventListener('message', event => {
      if (event.data === 'ended') this.#end();
      if (event.data === 'switched' && this.#state.status === 'signed_in') void this.#refresh().catch(() => undefined);
    });
  }

  readonly get = (): SessionState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Restores the session after a refresh of the page, from the cookie. */
  async start(): Promise<SessionState> {
    if (!mayBeLoggedIn()) {
      this.#set({ status: 'anonymous' });
      return this.#state;
    }
    try {
      await this.#refresh();
    } catch (error) {
      const problem = toProblem(error);
      this.#set(problem.retryable ? { status: 'unreachable', problem } : { status: 'anonymous' });
    }
    return this.#state;
  }

  async login(input: PasswordLogin): Promise<void> {
    this.#accept(await request<Tokens>('POST', '/api/auth/login', input));
  }

  async loginWithCloudflare(input: { readonly token: string; readonly account?: string; readonly tenant?: string }): Promise<void> {
    this.#accept(await request<Tokens>('POST', '/api/auth/login', input));
  }

  async setUp(input: SetupInput): Promise<void> {
    this.#accept(await request<Tokens>('POST', '/api/auth/setup', input));
  }

  /** Accepts an invitation and logs in. */
  async accept(answer: InvitationAnswer): Promise<void> {
    this.#accept(await request<Tokens>('POST', '/api/auth/invitations/accept', answer));
  }

  /** Accepts an invitation as whoever is logged in, and goes on there. */
  async join(token: string, tenant: string): Promise<void> {
    await request('POST', '/api/invitations/join', { token });
    await this.switchTo(tenant);
  }

  /** Goes on in another organisation; the other tabs follow, for they share the cookie. */
  async switchTo(tenant: string): Promise<void> {
    this.#accept(await exclusively(() => request<Tokens>('POST', '/api/auth/switch', { tenant })));
    this.tabs?.postMessage('switched');
  }

  /** @returns where the browser goes to log out at the provider too, if the session came by one */
  async logout(): Promise<string | undefined> {
    try {
      return (await request<{ readonly logout_url?: string } | undefined>('POST', '/api/auth/logout', {}))?.logout_url;
    } finally {
      this.tabs?.postMessage('ended');
      this.#end();
    }
  }

  /** For the SDK: the present token, or a fresh one. An ended session is final (`retryable: false`), anything else is tried again. */
  readonly token = async (): Promise<string> => {
    const tokens = this.#tokens;
    if (tokens && this.#until - this.now() > SPARE) return tokens.access_token;
    try {
      return (await this.#refresh()).access_token;
    } catch (error) {
      if (!toProblem(error).retryable) this.ended(toProblem(error));
      throw error;
    }
  };

  /** The person's own name changed; tokens carry it only from the next one on. */
  renamed(name: string): void {
    if (this.#state.status !== 'signed_in') return;
    const { identity } = this.#state;
    this.#set({ status: 'signed_in', identity: { ...identity, user: { ...identity.user, name } } });
  }

  /** The same of the organisation. */
  tenantRenamed(name: string): void {
    if (this.#state.status !== 'signed_in') return;
    const { identity } = this.#state;
    this.#set({ status: 'signed_in', identity: { ...identity, tenant: { ...identity.tenant, name } } });
  }

  /** The server ended it (revoked, expired): back to the log-in page, which says why. */
  ended(problem: ShownProblem): void {
    if (this.#state.status === 'signed_in') this.#end(problem);
  }

  #refresh(): Promise<Tokens> {
    this.#refreshing ??= exclusively(() => request<Tokens>('POST', '/api/auth/refresh', {}))
      .then(tokens => this.#accept(tokens))
      .finally(() => { this.#refreshing = undefined; });
    return this.#refreshing;
  }

  #accept(tokens: Tokens): Tokens {
    if (typeof tokens?.access_token !== 'string') throw new ApiError('INTERNAL', 'The answer to the log-in holds no token.', 200, false);
    this.#tokens = tokens;
    this.#until = this.now() + Math.min(LONGEST, Date.parse(tokens.expires_at) - (this.now() + serverAhead()));
    const known = this.#state.status === 'signed_in' ? this.#state.identity : undefined;
    // The same person keeps the same reference: a fresh token must not re-open the socket.
    if (known?.user.id !== tokens.user.id || known.tenant.id !== tokens.tenant.id) {
      this.#set({ status: 'signed_in', identity: { user: tokens.user, tenant: tokens.tenant, ...(tokens.session ? { session: tokens.session } : {}) } });
    }
    return tokens;
  }

  #end(problem?: ShownProblem): void {
    this.#tokens = undefined;
    this.#set({ status: 'anonymous', ...(problem ? { ended: problem } : {}) });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
