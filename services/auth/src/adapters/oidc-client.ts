/** Conversations with OpenID providers, by `openid-client`: discovery, code flow with PKCE, refresh, what a logout token says. */
import { Refusal } from '@xanthus/kernel';
import { createRemoteJWKSet, customFetch as joseFetch, errors as joseErrors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as client from 'openid-client';
import type { Claims } from '../domain/oidc-claims.js';

export interface OidcClient { readonly issuer: string; readonly client_id: string; readonly secret: string | undefined; readonly scopes: readonly string[] }
/** What the browser's cookie keeps between start and callback. */
export interface FlowChecks { readonly state: string; readonly nonce: string; readonly verifier: string; readonly redirect_uri: string }
export interface Vouched { readonly issuer: string; readonly subject: string; /** The session at the provider. */ readonly sid?: string; readonly claims: Claims; readonly refresh_token?: string }
export type Refreshed =
  | { readonly status: 'good'; /** Undefined: the provider said nothing new. */ readonly claims?: Claims; readonly refresh_token: string }
  | { readonly status: 'refused' | 'unavailable'; readonly why: string };
export interface LogoutToken { readonly subject?: string; readonly sid?: string; readonly jti: string; /** ms */ readonly issued_at: number; readonly issuer: string }

export interface OidcConversations {
  /** @throws Refusal OIDC.UNAVAILABLE */
  start(to: OidcClient, redirect_uri: string): Promise<{ readonly url: string; readonly checks: FlowChecks }>;
  /** `wanted`: claims that are asked of the userinfo endpoint where the ID token has none. @throws Refusal OIDC.REFUSED, OIDC.UNAVAILABLE */
  finish(to: OidcClient, checks: FlowChecks, query: string, wanted: readonly string[]): Promise<Vouched>;
  refresh(to: OidcClient, refresh_token: string, subject: string, wanted: readonly string[]): Promise<Refreshed>;
  /** Undefined where the provider has no such place. */
  logoutUrl(to: OidcClient, return_to: string): Promise<string | undefined>;
  /** @throws Refusal OIDC.LOGOUT_INVALID, OIDC.UNAVAILABLE */
  readLogout(to: OidcClient, token: string): Promise<LogoutToken>;
}

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;
interface Known { readonly config: client.Configuration; readonly until: number; readonly keys: JWTVerifyGetKey }

/** What a provider says of itself is asked again after this, ms; that it cannot be reached after this. */
const REMEMBERED = 15 * 60_000;
const MOST_REMEMBERED = 500;
const TIMEOUT_S = 10;
const BACKCHANNEL_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Signatures that a logout token may have: with the provider's own keys, never with a shared secret and never none. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** Clocks differ, s; and a logout token is new, s. */
const SKEW = 30;
const LOGOUT_AGE = 120;

const unavailable = (why: string) => new Refusal('OIDC.UNAVAILABLE', `The provider cannot be asked now: ${why}`, undefined, true);
const refused = (why: string) => new Refusal('OIDC.REFUSED', why);

/** Text of a provider is shown, so it is short and plain. */
const plain = (text: unknown): string => String(text).replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200);

/** What the answer of a provider means. Anything that is not the provider's own no, or an answer that does not fit, is an outage. */
export const verdictOf = (error: unknown): Refusal => {
  if (error instanceof Refusal) return unavailable(error.message);
  if (error instanceof client.AuthorizationResponseError) return refused(`The provider did not let you in (${plain(error.error)}).`);
  if (error instanceof client.ResponseBodyError) {
    return error.status >= 500 ? unavailable(`it answers ${error.status}.`) : new Refusal('OIDC.REFUSED', `The provider refuses (${plain(error.error)}).`, { error: plain(error.error) });
  }
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Refusal) return unavailable(cause.message);
  const { code, message, name } = error as { code?: unknown; message?: unknown; name?: unknown };
  if (code === 'OAUTH_REQUEST_PROTOCOL_FORBIDDEN') return unavailable('it names an address that is no https page.');
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || name === 'TypeError') return unavailable(plain(message));
  return refused('What the provider answered does not fit what was asked; begin the log-in again.');
};

/** Where nobody asked the provider for anything yet, its no is an outage too. */
const outageOf = (error: unknown): Refusal => {
  const verdict = verdictOf(error);
  return verdict.code === 'OIDC.UNAVAILABLE' ? verdict : unavailable(verdict.message);
};

/** A browser goes there, by a script too: the library lets pass what is https, or http where that was allowed. */
const pageOf = (build: () => URL): string => {
  try {
    return build().href;
  } catch (error) {
    throw outageOf(error);
  }
};

const authenticationOf = (metadata: client.ServerMetadata, secret: string | undefined): client.ClientAuth => {
  if (secret === undefined) return client.None();
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') || !methods.includes('client_secret_post') ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret);
};

export const openOidc = (o: { readonly fetch: Fetch; readonly now?: () => number }): OidcConversations => {
  const now = o.now ?? Date.now;
  const known = new Map<string, Promise<Known>>();
  const fetchIt: client.CustomFetch = (url, options) => o.fetch(url, options as RequestInit);

  const discover = async (to: OidcClient): Promise<Known> => {
    const issuer = new URL(to.issuer);
    // Plain http only ever passes the fetch for what the operator allows.
    const insecure = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [];
    const found = await client.discovery(issuer, to.client_id, undefined, client.None(), { [client.customFetch]: fetchIt, timeout: TIMEOUT_S, execute: insecure });
    const metadata = found.serverMetadata();
    const config = new client.Configuration(metadata, to.client_id, { [client.clockTolerance]: SKEW }, authenticationOf(metadata, to.secret));
    config[client.customFetch] = fetchIt;
    config.timeout = TIMEOUT_S;
    for (const step of insecure) step(config);
    // The specification lets TLS vouch for an ID token; its signature is checked all the same.
    client.enableNonRepudiationChecks(config);
    if (metadata.jwks_uri === undefined) throw unavailable('it names no keys (jwks_uri).');
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { [joseFetch]: (url, options) => o.fetch(url, options as RequestInit), timeoutDuration: TIMEOUT_S * 1_000 });
    return { config, keys, until: now() + REMEMBERED };
  };

  /** One conversation with a provider serves everybody who asks meanwhile. */
  const ask = async (to: OidcClient): Promise<Known> => {
    const name = JSON.stringify([to.issuer, to.client_id, to.secret ?? null]);
    const before = await known.get(name)?.catch(() => undefined);
    if (before !== undefined && before.until > now()) return before;
    const asking = discover(to);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(name, asking);
    return asking.catch((error: unknown) => {
      if (known.get(name) === asking) known.delete(name);
      throw outageOf(error);
    });
  };

  /** Claims of the ID token; what is wanted and missing is asked of the userinfo endpoint. */
  const complete = async (config: client.Configuration, claims: Claims, access_token: string, subject: string, wanted: readonly string[]): Promise<Claims> => {
    if (config.serverMetadata().userinfo_endpoint === undefined || wanted.every(name => Object.hasOwn(claims, name))) return claims;
    const more = await client.fetchUserInfo(config, access_token, subject).catch((error: unknown) => { throw outageOf(error); });
    return { ...more, ...claims };
  };

  return {
    async start(to, redirect_uri) {
      const { config } = await ask(to);
      const checks: FlowChecks = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier(), redirect_uri };
      const code_challenge = await client.calculatePKCECodeChallenge(checks.verifier);
      const url = pageOf(() => client.buildAuthorizationUrl(config, {
        redirect_uri, scope: [...new Set(['openid', ...to.scopes])].join(' '), state: checks.state, nonce: checks.nonce,
        code_challenge, code_challenge_method: 'S256',
        // Some give a token to refresh with only to who consents to that.
        ...(to.scopes.includes('offline_access') ? { prompt: 'consent' } : {}),
      }));
      return { url, checks };
    },

    async finish(to, checks, query, wanted) {
      const { config } = await ask(to);
      try {
        const tokens = await client.authorizationCodeGrant(config, new URL(`${checks.redirect_uri}?${query}`), { expectedState: checks.state, expectedNonce: checks.nonce, pkceCodeVerifier: checks.verifier, idTokenExpected: true });
        const said = tokens.claims();
        if (said === undefined) throw refused('The provider did not say who you are (no ID token).');
        const claims = await complete(config, said, tokens.access_token, said.sub, wanted);
        const { sid } = said;
        return {
          issuer: said.iss, subject: said.sub, claims, ...(typeof sid === 'string' ? { sid } : {}), ...(tokens.refresh_token === undefined ? {} : { refresh_token: tokens.refresh_token }),
        };
      } catch (error) {
        throw error instanceof Refusal && error.code.startsWith('OIDC.') ? error : verdictOf(error);
      }
    },

    async refresh(to, refresh_token, subject, wanted) {
      try {
        const { config } = await ask(to);
        const tokens = await client.refreshTokenGrant(config, refresh_token);
        const said = tokens.claims();
        if (said !== undefined && said.sub !== subject) return { status: 'refused', why: 'the provider answers with somebody else' };
        const claims = await complete(config, said ?? {}, tokens.access_token, subject, wanted);
        return { status: 'good', refresh_token: tokens.refresh_token ?? refresh_token, ...(Object.keys(claims).length === 0 ? {} : { claims }) };
      } catch (error) {
        // Only this says that the person's log-in at the provider is over; a wrong client secret, say, is a fault of the configuration.
        if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') return { status: 'refused', why: 'invalid_grant' };
        return { status: 'unavailable', why: verdictOf(error).message };
      }
    },

    async logoutUrl(to, return_to) {
      const { config } = await ask(to);
      if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
      // By client id: an ID token as a hint would put who somebody is into an address.
      return pageOf(() => client.buildEndSessionUrl(config, { client_id: to.client_id, post_logout_redirect_uri: return_to }));
    },

    async readLogout(to, token) {
      const { config, keys } = await ask(to);
      const invalid = (why: string) => new Refusal('OIDC.LOGOUT_INVALID', `This is no logout token of the provider: ${why}`);
      const { issuer } = config.serverMetadata();
      const { payload } = await jwtVerify(token, keys, { issuer, audience: to.client_id, algorithms: ALGORITHMS, clockTolerance: SKEW, maxTokenAge: LOGOUT_AGE, currentDate: new Date(now()), requiredClaims: ['iat', 'jti'] })
        .catch((error: unknown) => { throw error instanceof joseErrors.JOSEError && error.code !== 'ERR_JWKS_TIMEOUT' ? invalid(error.message) : unavailable('its keys cannot be read.'); });
      const { jti, iat = 0, sub, sid, events, nonce } = payload as typeof payload & { sid?: unknown; events?: unknown; nonce?: unknown };
      if (typeof events !== 'object' || events === null || typeof (events as Record<string, unknown>)[BACKCHANNEL_EVENT] !== 'object') throw invalid('it has no such event.');
      if (nonce !== undefined) throw invalid('it has a nonce.');
      if (typeof jti !== 'string' || (typeof sub !== 'string' && typeof sid !== 'string')) throw invalid('it names nobody.');
      return { issuer, jti, issued_at: iat * 1_000, ...(typeof sub === 'string' ? { subject: sub } : {}), ...(typeof sid === 'string' ? { sid } : {}) };
    },
  };
};
