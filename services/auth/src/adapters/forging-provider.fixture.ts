/** A provider that says what a spec wants, true or forged. Only what a client asks of one. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, UnsecuredJWT } from 'jose';

export interface Forgery {
  /** Claims over the right ones; undefined takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly alg?: 'RS256' | 'none' | 'HS256';
  /** Signed with a key that the provider does not publish. */
  readonly foreignKey?: boolean;
  readonly noIdToken?: boolean;
  /** Where it says that its keys and its token endpoint are. */
  readonly elsewhere?: string;
  /** Where it says that browsers log in and out. */
  readonly pages?: string;
  /** The provider says that it is somebody else. */
  readonly issuer?: string;
}

export interface ForgingProvider {
  readonly issuer: string;
  forgery: Forgery;
  nonce: string;
  sign(claims: Readonly<Record<string, unknown>>, o?: Pick<Forgery, 'alg' | 'foreignKey'>): Promise<string>;
  stop(): Promise<void>;
}

const CLIENT = 'xanthus';
export const FORGER = { id: CLIENT, secret: 'a-secret-that-nobody-guesses-in-time' } as const;

export const startForger = async (): Promise<ForgingProvider> => {
  const [own, foreign] = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })];
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sign: ForgingProvider['sign'] = async (claims, { alg = 'RS256', foreignKey = false } = {}) => {
    const kept = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    if (alg === 'none') return new UnsecuredJWT(kept).encode();
    const key: KeyObject | Uint8Array = alg === 'HS256' ? Buffer.from(FORGER.secret) : (foreignKey ? foreign : own).privateKey;
    return new SignJWT(kept).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
  };
  const provider: ForgingProvider = {
    issuer, forgery: {}, nonce: '', sign,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    },
  };

  const answers: Readonly<Record<string, () => object | Promise<object>>> = {
    '/.well-known/openid-configuration': () => ({
      issuer: provider.forgery.issuer ?? issuer, authorization_endpoint: provider.forgery.pages ?? `${issuer}/auth`, end_session_endpoint: provider.forgery.pages ?? `${issuer}/end`, token_endpoint: `${provider.forgery.elsewhere ?? issuer}/token`, jwks_uri: `${provider.forgery.elsewhere ?? issuer}/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    }),
    '/jwks': () => ({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] }),
    '/token': async () => {
      const now = Math.floor(Date.now() / 1_000);
      const id_token = await sign({ iss: issuer, aud: CLIENT, sub: 'ada', iat: now, exp: now + 300, nonce: provider.nonce, ...provider.forgery.claims }, provider.forgery);
      return { access_token: 'at', token_type: 'Bearer', expires_in: 300, ...(provider.forgery.noIdToken === true ? {} : { id_token }) };
    },
  };
  server.on('request', (request, response) => {
    const answer = answers[new URL(request.url ?? '/', issuer).pathname];
    if (answer === undefined) return void response.writeHead(404).end();
    void Promise.resolve(answer()).then(body => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  });
  return provider;
};
