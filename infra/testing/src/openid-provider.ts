/** The certified OpenID provider `oidc-provider` on a free port, with people and groups that a spec picks; and a browser with a cookie jar. For specs. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import type { Configuration, default as OpenIdProvider } from 'oidc-provider';

export interface Account { readonly email?: string; readonly email_verified?: boolean; readonly name?: string; readonly groups?: readonly string[] }

export interface TestOpenIdProvider {
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** By subject. Change them as you like. */
  readonly accounts: Map<string, Account>;
  /** Who logs in next. */
  loginAs: string;
  /** The provider answers nobody while this is true. */
  down: boolean;
  /** Connections that it has cut since it is down. */
  refusedWhileDown: number;
  /** Seconds that a code lives from now on. */
  codeLife: number;
  /** Takes back everything that this person was given: refreshing is refused from then on. */
  revoke(subject: string): Promise<void>;
  stop(): Promise<void>;
}

export interface OpenIdProviderOptions { readonly redirectUris: readonly string[]; readonly backchannelUri?: string; readonly returnTo?: readonly string[] }

const CLIENT = { id: 'xanthus', secret: 'a-secret-of-the-client-that-nobody-guesses' };

/** In place of its own dispatcher, which refuses the addresses of this machine. */
const ORDINARY = { dispatcher: undefined };

/** It warns of everything that only counts in production. */
const makeQuietly = async (issuer: string, configuration: Configuration): Promise<OpenIdProvider> => {
  const { warn } = console;
  console.warn = () => {};
  try {
    const { default: Provider } = await import('oidc-provider');
    return new Provider(issuer, configuration);
  } finally {
    console.warn = warn;
  }
};

export const startOpenIdProvider = async (o: OpenIdProviderOptions): Promise<TestOpenIdProvider> => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const server: Server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts = new Map<string, Account>();
  const grants = new Map<string, Set<string>>();
  const state = { loginAs: '', down: false, codeLife: 60, refusedWhileDown: 0 };

  const configuration: Configuration = {
    jwks: { keys: [{ ...key, kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'k1' }] },
    clients: [{
      client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [...o.redirectUris], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
      ...(o.returnTo === undefined ? {} : { post_logout_redirect_uris: [...o.returnTo] }),
      ...(o.backchannelUri === undefined ? {} : { backchannel_logout_uri: o.backchannelUri, backchannel_logout_session_required: true }),
    }],
    cookies: { keys: ['a key of this fixture'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = form; } }, revocation: { enabled: true } },
    ttl: { AuthorizationCode: () => state.codeLife, AccessToken: 300, IdToken: 300, RefreshToken: 3_600, Grant: 3_600, Session: 3_600, Interaction: 300 },
    renderError: (ctx, out) => { ctx.body = out; },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) as { sub: string } }),
    fetch: (url, init) => fetch(url, { ...init, ...ORDINARY }),
  };
  const provider = await makeQuietly(issuer, configuration);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (state.down) {
      state.refusedWhileDown += 1;
      return void request.socket.destroy();
    }
    const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (uid === undefined) return void answer(request, response);
    void (async () => {
      const details = await provider.interactionDetails(request, response);
      if (details.prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: state.loginAs } }, { mergeWithLastSubmission: false });
      const accountId = details.session?.accountId ?? state.loginAs;
      const grant = new provider.Grant({ accountId, clientId: CLIENT.id });
      grant.addOIDCScope(String(details.params['scope']));
      const grantId = await grant.save();
      grants.set(accountId, (grants.get(accountId) ?? new Set()).add(grantId));
      return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  return Object.assign(state, {
    issuer, client: CLIENT, accounts,
    async revoke(subject: string) {
      for (const id of grants.get(subject) ?? []) {
        await provider.RefreshToken.revokeByGrantId(id);
        await (await provider.Grant.find(id))?.destroy();
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    },
  });
};

/** Follows redirects as a browser does, with its cookies by origin and path; stops where `until` says so. */
export class CookieBrowser {
  private readonly jar = new Map<string, Map<string, { readonly value: string; readonly path: string }>>();

  cookie(origin: string, name: string): string | undefined {
    return this.jar.get(origin)?.get(name)?.value;
  }
  forget(origin: string): void {
    this.jar.delete(origin);
  }

  async fetch(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address);
    const own = [...(this.jar.get(url.origin) ?? new Map<string, { value: string; path: string }>())].filter(([, c]) => url.pathname.startsWith(c.path));
    const headers = new Headers(init.headers);
    if (own.length > 0) headers.set('cookie', own.map(([name, c]) => `${name}=${c.value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.keep(url.origin, line);
    return response;
  }

  /** @returns the last answer and its address */
  async follow(address: string, until: (url: URL) => boolean = () => false): Promise<{ readonly response: Response; readonly url: string }> {
    let url = address;
    for (let steps = 0; steps < 20; steps++) {
      const response = await this.fetch(url);
      const to = response.headers.get('location');
      if (to === null) return { response, url };
      await response.body?.cancel();
      url = new URL(to, url).href;
      if (until(new URL(url))) return { response, url };
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }

  private keep(origin: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map(part => part.trim());
    const [name = '', ...value] = pair.split('=');
    const own = this.jar.get(origin) ?? new Map<string, { value: string; path: string }>();
    this.jar.set(origin, own);
    const path = attributes.find(a => /^path=/i.test(a))?.slice(5) ?? '/';
    const gone = value.join('=') === '' || attributes.some(a => /^max-age=0$/i.test(a) || (/^expires=/i.test(a) && Date.parse(a.slice(8)) < Date.now()));
    if (gone) own.delete(name);
    else own.set(name, { value: value.join('='), path });
  }
}
