import type { NatsConnection } from '@nats-io/transport-node';
import { watchViewBucket, type Stoppable } from '@xanthus/jetstream';
import { accessClaims, INSTALLATION, parseViewKey, type AccessClaims, type ViewValue } from '@xanthus/proto';
import { jwksView, sessionView, tenantView } from '@xanthus/proto/auth';
import { errors, importJWK, jwtVerify, type CryptoKey, type JWTPayload, type KeyObject } from 'jose';
import { refuse } from '../protocol/problem.js';
import { ApiKeys, endOf, isApiKey } from './api-keys.js';
import { OWN_VIEWS, OwnValues } from './own-values.js';

interface Log { warn(fields: object, text: string): void }
/** Of an API key the claims are made here: `sub` and `sid` are the key, `exp` is its end. */
export interface Authenticated { readonly kind: 'person' | 'credential'; readonly claims: AccessClaims; /** Display name, if the token carries one. */ readonly name?: string }

/** Clocks of gateway and auth may differ this much, and a session may be this young without being in the view, seconds. */
const TOLERANCE = 5;
const VERIFIED = 256;
/** The door opens when keys and sessions are complete, but so many ms later at the latest: until then nobody can be let in. */
const SYNC_LIMIT = 5_000;

/**
 * Who is calling: access tokens are verified here with auth's public keys, and a session that has ended is refused although its
 * token has not expired. Keys and sessions are followed from auth's bucket.
 */
export class Access {
  private readonly keys = new Map<string, { readonly jwk: unknown; readonly key: Promise<CryptoKey | KeyObject | Uint8Array> }>();
  /** Keys of the sessions that are open. */
  private readonly sessions = new Set<string>();
  private readonly own = new OwnValues();
  /** By session: until when (seconds since 1970) what asks for a fresh proof is allowed. */
  private readonly proofs = new Map<string, number>();
  private readonly proofListeners = new Set<() => void>();
  private readonly ended = new Map<string, number>();
  private readonly tenants = new Map<string, string>();
  private readonly apiKeys = new ApiKeys(() => this.now());
  /** Tokens whose signature was good lately; another map when a key changes, so that none is added late. */
  private verified = new Map<string, JWTPayload & { readonly exp: number }>();
  private used: (tenant: string, key: string) => void = () => {};
  private rights: (tenant: string, key: string) => Promise<void> | undefined = () => undefined;
  private seen: Set<string> | undefined = new Set();
  private syncedAt = Number.POSITIVE_INFINITY;
  private watch: Stoppable | undefined;
  private readonly listeners = new Set<(session: string) => void>();

  constructor(private readonly log: Log, private readonly now: () => number = Date.now) {}

  static async start(nc: NatsConnection, log: Log): Promise<Access> {
    const access = new Access(log);
    access.watch = await watchViewBucket(nc, 'auth', {
      filters: [`${INSTALLATION}.jwks.*`, ...OWN_VIEWS.map(view => `${INSTALLATION}.${view}.>`), `${INSTALLATION}.key-checks.*`, '*.tenants.*'],
      onEntry: entry => access.entry(entry.key, entry.kind === 'put' ? entry.value : undefined),
      onSync: () => access.synced(),
      onReset: () => { access.seen = new Set(); },
      syncWithin: SYNC_LIMIT,
    });
    return access;
  }

  /** @throws Refused AUTH_REQUIRED, AUTH_EXPIRED, or UNAVAILABLE before keys and sessions are complete */
  async authenticate(token: string): Promise<Authenticated> {
    if (this.seen !== undefined) refuse('UNAVAILABLE', 'Sessions cannot be checked now; try again.');
    if (isApiKey(token)) return this.byKey(token);
    const payload = await this.verify(token);
    const claims = accessClaims.safeParse(payload);
    if (!claims.success) return refuse('AUTH_REQUIRED', 'The access token is not one of ours.');
    const key = `${INSTALLATION}.sessions.${claims.data.sub}.${claims.data.sid}`;
    const old = claims.data.iat * 1_000 < this.syncedAt - TOLERANCE * 1_000;
    if (this.ended.has(claims.data.sid) || (old && !this.sessions.has(key))) return refuse('AUTH_REQUIRED', 'This session has ended.');
    this.prove(claims.data.sid, claims.data.proved_until);
    return { kind: 'person', claims: claims.data, ...(claims.data.name === undefined ? {} : { name: claims.data.name }) };
  }

  private async byKey(token: string): Promise<Authenticated> {
    const found = await this.apiKeys.check(token);
    const waiting = this.rights(found.tenant, found.id);
    await waiting;
    // It may have been revoked meanwhile.
    const key = waiting === undefined ? found : await this.apiKeys.check(token);
    const { id, tenant, name } = key;
    this.keyUsed(tenant, id);
    const claims: AccessClaims = { iss: 'xanthus', aud: 'xanthus', sub: id, sid: id, tenant, iat: Math.floor(this.now() / 1_000), exp: endOf(key) };
    return { kind: 'credential', claims, name };
  }

  /** A key did something. */
  keyUsed(tenant: string, key: string): void {
    this.used(tenant, key);
  }
  /** Called whenever somebody came in with an API key, or asked something with one. */
  onKeyUse(fn: (tenant: string, key: string) => void): void {
    this.used = fn;
  }
  /** Asked for the rights of a key that comes in: undefined, or until they are known. */
  onKey(fn: (tenant: string, key: string) => Promise<void> | undefined): void {
    this.rights = fn;
  }
  /** Called with the id of a session that has ended, or of an API key that was revoked. */
  onSessionEnd(fn: (session: string) => void): () => void {
    this.listeners.add(fn);
    return () => void this.listeners.delete(fn);
  }

  /** This session of a person is open, as far as is known: while all is read anew, what was known. */
  isOpen(person: string, session: string): boolean {
    return this.sessions.has(`${INSTALLATION}.sessions.${person}.${session}`);
  }

  tenantName(tenant: string): string {
    return this.tenants.get(tenant) ?? tenant;
  }
  /** Values of a view of what is the person's own (`OWN_VIEWS`). */
  ownOf(view: string, person: string): (ViewValue & { readonly id: string })[] {
    return this.own.of(view, person);
  }
  /** Until when (seconds since 1970) this session may do what asks for a fresh proof. */
  provedUntil(session: string): number | undefined {
    return this.proofs.get(session);
  }
  /** Until this gateway knows of a proof that auth has taken; false: not within `timeoutMs`. */
  waitForProof(session: string, until: number, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const check = (): void => {
        if ((this.proofs.get(session) ?? 0) >= until) finish(true);
      };
      const finish = (known: boolean): void => {
        clearTimeout(timer);
        this.proofListeners.delete(check);
        resolve(known);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.proofListeners.add(check);
      check();
    });
  }
  /** Public keys in the form of RFC 7517. */
  jwks(): { keys: unknown[] } {
    return { keys: [...this.keys.entries()].map(([kid, { jwk }]) => ({ ...(jwk as object), kid, use: 'sig', alg: 'EdDSA' })) };
  }
  /** Keys and sessions are complete. */
  ready(): boolean {
    return this.seen === undefined;
  }
  async stop(): Promise<void> {
    await this.watch?.stop();
  }

  /** @internal */
  entry(key: string, value: unknown): void {
    const parsed = parseViewKey(key);
    if (parsed === undefined) return;
    const data = value === undefined ? undefined : (value as { data?: unknown } | null)?.data;
    if (parsed.view === 'tenants') {
      const tenant = tenantView.data.safeParse(data);
      if (tenant.success) this.tenants.set(parsed.id, tenant.data.name);
      return;
    }
    if (parsed.tenant !== INSTALLATION) return;
    if (data !== undefined) this.seen?.add(key);
    if (parsed.view === 'jwks') this.keyChanged(parsed.id, data);
    else if (parsed.view === 'key-checks') this.apiKeyChanged(parsed.id, data);
    else if (parsed.view === 'sessions') this.sessionChanged(key, data, value);
    else this.own.set(key, data === undefined ? undefined : (value as ViewValue));
  }

  /** @internal What was not told since a reset has gone. */
  synced(): void {
    const { seen } = this;
    if (seen === undefined) return;
    this.seen = undefined;
    this.syncedAt = this.now();
    for (const key of this.sessions) if (!seen.has(key)) this.sessionChanged(key, undefined, undefined);
    this.own.keep(seen);
    for (const id of this.apiKeys.ids()) if (!seen.has(`${INSTALLATION}.key-checks.${id}`)) this.apiKeyChanged(id, undefined);
    for (const kid of this.keys.keys()) if (!seen.has(`${INSTALLATION}.jwks.${kid}`)) this.keys.delete(kid);
    this.verified = new Map();
  }

  private keyChanged(kid: string, data: unknown): void {
    this.verified = new Map();
    const key = data === undefined ? undefined : jwksView.data.safeParse(data);
    if (key?.success !== true) {
      if (key !== undefined) this.log.warn({ kid }, 'a public key cannot be read');
      this.keys.delete(kid);
      return;
    }
    const { kty, crv, x } = key.data;
    const imported = importJWK({ kty, crv, x, alg: 'EdDSA' });
    imported.catch(() => undefined);
    this.keys.set(kid, { jwk: { kty, crv, x }, key: imported });
  }

  private apiKeyChanged(id: string, data: unknown): void {
    if (this.apiKeys.changed(id, data)) for (const listener of this.listeners) listener(id);
  }

  private sessionChanged(key: string, data: unknown, value: unknown): void {
    const [, , , id = ''] = key.split('.');
    const session = data === undefined ? undefined : sessionView.data.safeParse(data);
    if (session?.success === true) {
      this.sessions.add(key);
      this.own.set(key, value as ViewValue);
      const { proved_until } = session.data;
      if (proved_until !== undefined) this.prove(id, Math.floor(Date.parse(proved_until) / 1_000));
      return;
    }
    this.sessions.delete(key);
    this.own.set(key, undefined);
    this.proofs.delete(id);
    this.ended.set(id, this.now());
    for (const [old, at] of this.ended) {
      if (this.now() - at < 3_600_000) break; // longer than any access token lives
      this.ended.delete(old);
    }
    for (const listener of this.listeners) listener(id);
  }

  /** A token says what was known when it was made, the view what is known now: the later one holds. */
  private prove(session: string, until: number | undefined): void {
    if (until === undefined || until <= (this.proofs.get(session) ?? 0)) return;
    this.proofs.set(session, until);
    for (const listener of this.proofListeners) listener();
  }

  /** Signature and times; a token that comes again at once (upgrade and log-in, one page's requests) is not computed again. */
  private async verify(token: string): Promise<Record<string, unknown>> {
    const { verified } = this;
    const before = verified.get(token);
    if (before !== undefined) return before.exp + TOLERANCE > this.now() / 1_000 ? before : refuse('AUTH_EXPIRED');
    const payload = await this.verifyAnew(token);
    if (typeof payload.exp !== 'number') return payload;
    for (const oldest of verified.keys()) {
      if (verified.size < VERIFIED) break;
      verified.delete(oldest);
    }
    verified.set(token, { ...payload, exp: payload.exp });
    return payload;
  }

  private async verifyAnew(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, header => {
        const known = this.keys.get(header.kid ?? '');
        return known === undefined ? refuse('AUTH_REQUIRED', 'The access token is signed with an unknown key.') : known.key;
      }, { algorithms: ['EdDSA', 'Ed25519'], issuer: 'xanthus', audience: 'xanthus', clockTolerance: TOLERANCE, currentDate: new Date(this.now()) });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refuse('AUTH_EXPIRED');
      if (error instanceof errors.JOSEError) return refuse('AUTH_REQUIRED', 'The access token is not valid.');
      throw error;
    }
  }
}
