/** Asks a provider what it can, and says stage by stage what is wrong. */
import { Refusal } from '@xanthus/kernel';
import type { OutputOf } from '@xanthus/proto';
import { OIDC_TEST_STAGES, type testOidcProvider } from '@xanthus/proto/auth';
import type { Fetch } from './oidc-client.js';

type Report = OutputOf<typeof testOidcProvider>;
type Stage = (typeof OIDC_TEST_STAGES)[number];
type Metadata = Readonly<Record<string, unknown>>;

/** Ends the walk. */
class Failed extends Error {}
const fail = (message: string): never => { throw new Failed(message); };

const textOf = (metadata: Metadata, name: string): string | undefined => (typeof metadata[name] === 'string' ? metadata[name] : undefined);
const listOf = (metadata: Metadata, name: string): readonly unknown[] | undefined => (Array.isArray(metadata[name]) ? metadata[name] : undefined);

const json = async (answer: Response, what: string): Promise<Metadata> => {
  if (answer.status !== 200) {
    await answer.body?.cancel();
    return fail(`${what} answers ${answer.status} instead of 200.`);
  }
  const body: unknown = await answer.json().catch(() => fail(`${what} answers something that is not JSON.`));
  return typeof body === 'object' && body !== null ? body as Metadata : fail(`${what} answers something that is no object.`);
};

export interface Checked { readonly issuer: string; readonly client_id: string; readonly secret: string | undefined }

export const checkOidc = async (fetchIt: Fetch, asked: Checked): Promise<Report> => {
  const stages: Report['stages'] = [];
  let features: Report['features'] = null;
  const address = `${asked.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let answer: Response | undefined;
  let metadata: Metadata = {};

  const walk: Readonly<Record<Stage, () => Promise<{ warning?: string; ok?: string }>>> = {
    async address() {
      answer = await fetchIt(address);
      return { ok: `${new URL(address).host} answers.` };
    },
    async discovery() {
      metadata = await json(answer ?? fail('There is no answer.'), address);
      const missing = ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'].filter(name => textOf(metadata, name) === undefined);
      return missing.length > 0 ? fail(`The provider does not say its ${missing.join(', ')}.`) : { ok: 'The provider describes itself.' };
    },
    async issuer() {
      const said = textOf(metadata, 'issuer') ?? '';
      const same = URL.canParse(said) && new URL(said).href === new URL(asked.issuer).href;
      return same ? { ok: 'It is the issuer that you named.' } : fail(`It says that it is ${said.slice(0, 200)}; put exactly that as the issuer, if it is the one that you mean.`);
    },
    async keys() {
      const { keys } = await json(await fetchIt(textOf(metadata, 'jwks_uri') ?? ''), 'The address of its keys');
      return Array.isArray(keys) && keys.length > 0 ? { ok: `${keys.length} ${keys.length === 1 ? 'key' : 'keys'} to check its signatures with.` } : fail('It has no keys to check its signatures with.');
    },
    async features() {
      const scopes = listOf(metadata, 'scopes_supported') ?? [];
      features = { logout: textOf(metadata, 'end_session_endpoint') !== undefined, backchannel_logout: metadata['backchannel_logout_supported'] === true, offline_access: scopes.includes('offline_access') };
      if (listOf(metadata, 'response_types_supported')?.includes('code') === false) return fail('It does not offer the code flow.');
      const pkce = listOf(metadata, 'code_challenge_methods_supported');
      if (pkce?.includes('S256') !== true) return { warning: 'It does not say that it supports PKCE with S256; it is used all the same.' };
      return { ok: 'Code flow with PKCE.' };
    },
    async client() {
      const found = await tryClient(fetchIt, textOf(metadata, 'token_endpoint') ?? '', listOf(metadata, 'token_endpoint_auth_methods_supported'), asked);
      if (found === 'invalid_grant') return { ok: 'It knows the client and its secret.' };
      if (found === 'invalid_client' || found === 'unauthorized_client') return fail(`It refuses the client (${found}): check client id and secret, and that the client may use the code flow.`);
      return { warning: `Whether client id and secret are right is not known: it answered ${found}.` };
    },
  };

  let over = false;
  for (const stage of OIDC_TEST_STAGES) {
    if (over) {
      stages.push({ stage, status: 'skipped', message: 'An earlier stage failed.' });
      continue;
    }
    try {
      const { ok, warning } = await walk[stage]();
      stages.push({ stage, status: warning === undefined ? 'ok' : 'warning', message: warning ?? ok ?? '' });
    } catch (error) {
      over = true;
      stages.push({ stage, status: 'failed', message: error instanceof Failed || error instanceof Refusal ? error.message : 'It cannot be reached.' });
    }
  }
  return { ok: !over, stages, features };
};

/** A code that cannot exist: a provider that knows the client says so, one that does not says that. @returns its error */
const tryClient = async (fetchIt: Fetch, endpoint: string, methods: readonly unknown[] | undefined, { client_id, secret }: Checked): Promise<string> => {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'xanthus-test', redirect_uri: 'https://xanthus.invalid/', code_verifier: 'x'.repeat(43), client_id });
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  if (secret !== undefined) {
    if ((methods ?? ['client_secret_basic']).includes('client_secret_basic')) {
      headers['authorization'] = `Basic ${Buffer.from(`${encodeURIComponent(client_id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
      body.delete('client_id');
    } else body.set('client_secret', secret);
  }
  const answer = await fetchIt(endpoint, { method: 'POST', body: body.toString(), headers });
  const said: unknown = await answer.json().catch(() => undefined);
  const error = (said as { error?: unknown } | undefined)?.error;
  return typeof error === 'string' ? error.slice(0, 60) : String(answer.status);
};
