/** A Cloudflare token is shown: five steps, in this order, each told as it runs. What they find is kept for ten minutes. */
import { Refusal } from '@xanthus/kernel';
import type { CLOUDFLARE_STEPS, CloudflareFeature, CloudflareStep } from '@xanthus/proto/auth';
import { makeCertificateRequest, readCertificateRequest, type CertificateRequest } from '../../adapters/certificate-request.js';
import type { CloudflareAccount, CloudflareApi, Namespace } from '../../adapters/cloudflare-api.js';
import { featuresOfFindings, featuresOfGroups, NEEDS, REQUIRED } from '../../domain/cloudflare-permissions.js';

export const CSR_KEY = 'config:ssl:csr';
/** KV shows a value some time after it was written: so often it is looked for, ms apart. */
const TRIES = 3;
const APART = 2_000;

type StepName = (typeof CLOUDFLARE_STEPS)[number];

export interface CheckedToken {
  /** Id of the token at Cloudflare. */
  readonly token_id: string;
  readonly account: CloudflareAccount;
  readonly user: { readonly id: string; readonly email: string } | null;
  readonly features: readonly CloudflareFeature[];
  readonly namespace: Namespace;
  readonly request: CertificateRequest & { readonly origin: 'found' | 'made' };
  readonly steps: readonly CloudflareStep[];
}

export interface CheckTokenDeps {
  readonly api: CloudflareApi;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly onStep: (step: CloudflareStep) => void;
  /** May it go on with this account? Nothing is made in an account that has no business here. @throws Refusal */
  readonly admit: (account: CloudflareAccount) => Promise<void>;
  /** The request of this account that is kept here already. */
  readonly kept: (account: string) => Promise<CertificateRequest | undefined>;
}

/** @throws Refusal CLOUDFLARE.…; the step that failed was told */
export const checkToken = async (deps: CheckTokenDeps, shown: { readonly token: string; readonly account?: string | undefined }): Promise<CheckedToken> => {
  const { api } = deps;
  const steps: CloudflareStep[] = [];
  const step = async <T>(name: StepName, run: () => Promise<T>, say: (found: T) => string): Promise<T> => {
    const began = deps.now();
    deps.onStep({ name, status: 'running' });
    const ms = (): number => Math.max(0, Math.round(deps.now() - began));
    const tell = (s: CloudflareStep): void => {
      steps.push(s);
      deps.onStep(s);
    };
    try {
      const found = await run();
      tell({ name, status: 'passed', ms: ms(), detail: say(found).slice(0, 500) });
      return found;
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('CLOUDFLARE.UNAVAILABLE', 'This step failed; try again.', undefined, true);
      const told = new Refusal(refusal.code, refusal.message, { ...(refusal.details as object | undefined), step: name }, refusal.retryable);
      tell({ name, status: 'failed', ms: ms(), detail: refusal.message.slice(0, 500), code: refusal.code });
      throw error instanceof Refusal ? told : error;
    }
  };

  await step('token', async () => { requireForm(shown.token); }, () => 'has the form of a token');
  const { token, user, accounts, features } = await step('permissions', () => lookAt(api), found => missingOf(found.features));
  const account = await step('account', async () => {
    const chosen = choose(accounts, shown.account);
    await deps.admit(chosen);
    return chosen;
  }, found => found.name);
  const { namespace, fresh } = await step('storage', () => findNamespace(api, account.id), found => `namespace ${found.namespace.title}${found.fresh ? ', made now' : ''}`);
  const request = await step('certificate-request', () => keepRequest(deps, account.id, namespace.id, fresh), found => (found.origin === 'found' ? 'found; it stays as it is' : 'made once; it is never made anew'));
  return { token_id: token.id, account, user, features: features.map(f => (f.feature === 'storage' ? { ...f, ok: true, missing: [] } : f)), namespace, request, steps };
};

const requireForm = (token: string): void => {
  if (token === '') throw new Refusal('CLOUDFLARE.TOKEN_INVALID', 'Give a token.');
  if (!/^[A-Za-z0-9_-]{30,200}$/.test(token)) throw new Refusal('CLOUDFLARE.TOKEN_INVALID', 'This is no API token of Cloudflare: those have 40 or more letters, digits, - and _. A global API key does not do.');
};

const missingOf = (features: readonly CloudflareFeature[]): string => {
  const missing = features.flatMap(f => f.missing);
  if (missing.length > 0) return `active; missing: ${missing.join(', ')}`;
  const unknown = features.filter(f => f.ok === null).map(f => f.feature);
  return unknown.length === 0 ? 'active, with all permissions' : `active; not found out: ${unknown.join(', ')}`;
};

interface Looked { readonly token: { readonly id: string }; readonly user: CheckedToken['user']; readonly accounts: readonly CloudflareAccount[]; readonly features: readonly CloudflareFeature[] }

/** Step 2; also what a re-check asks. */
export const lookAt = async (api: CloudflareApi): Promise<Looked> => {
  const token = await api.verify();
  if (token.status !== 'active') throw new Refusal('CLOUDFLARE.TOKEN_INACTIVE', token.status === 'expired' ? 'This token has expired. Make a new one.' : 'This token is disabled. Enable it at Cloudflare or make a new one.');
  const [accounts, user, groups] = await Promise.all([api.accounts(), token.account === undefined ? api.user() : null, api.groups(token.id, token.account)]);
  const features = groups === null ? await find(api, accounts) : featuresOfGroups(groups);
  const missing = features.filter(f => REQUIRED.includes(f.feature) && f.ok === false).flatMap(f => f.missing);
  if (missing.length > 0) throw new Refusal('CLOUDFLARE.PERMISSION_MISSING', `The token lacks ${missing.join(' and ')}. Add it at Cloudflare; the token stays the same.`, { missing, features });
  return { token, user, accounts, features };
};

/** Where a token may not read its own permissions, the rights are tried out: lists, and writes that can't be right. */
const find = async (api: CloudflareApi, accounts: readonly CloudflareAccount[]): Promise<CloudflareFeature[]> => {
  const [account] = accounts;
  if (account === undefined) return featuresOfFindings({ 'Account Settings Read': false });
  const may = (run: Promise<unknown>): Promise<boolean> => run.then(() => true, (error: unknown) => {
    if (error instanceof Refusal && error.code === 'CLOUDFLARE.PERMISSION_MISSING') return false;
    throw error;
  });
  const zones = await api.zones(account.id);
  const [zone] = zones;
  // An account without zones and a token that may list none look the same.
  const rights = zone === undefined ? undefined : await api.mayWrite(zone.id);
  return featuresOfFindings({
    'Account Settings Read': true,
    // the right to write shows when the namespace is made or found
    'Workers KV Storage Write': (await may(api.namespaces(account.id))) ? null : false,
    'Zone Read': zone === undefined ? null : true,
    'DNS Write': rights?.dns ?? null, 'SSL and Certificates Write': rights?.tls ?? null, 'Zone Settings Write': rights?.settings ?? null,
  });
};

const choose = (accounts: readonly CloudflareAccount[], wanted: string | undefined): CloudflareAccount => {
  const [first] = accounts;
  if (first === undefined) throw new Refusal('CLOUDFLARE.NO_ACCOUNT', `This token reaches no account. It needs ${NEEDS.account.needs.map(n => n.shown).join(', ')} for the account.`);
  if (wanted === undefined) {
    if (accounts.length > 1) throw new Refusal('CLOUDFLARE.ACCOUNT_CHOICE', 'This token reaches several accounts; choose one.', { accounts });
    return first;
  }
  const chosen = accounts.find(a => a.id === wanted);
  if (chosen === undefined) throw new Refusal('CLOUDFLARE.ACCOUNT_CHOICE', 'This token does not reach that account; choose one of these.', { accounts });
  return chosen;
};

/** `Xanthus`, else `xanthus_<account>` of even older versions, else a new one. */
const findNamespace = async (api: CloudflareApi, account: string): Promise<{ readonly namespace: Namespace; readonly fresh: boolean }> => {
  const all = await api.namespaces(account);
  const found = all.find(n => n.title === 'Xanthus') ?? all.find(n => n.title === `xanthus_${account}`);
  return found === undefined ? { namespace: await api.createNamespace(account, 'Xanthus'), fresh: true } : { namespace: found, fresh: false };
};

/**
 * The same key belongs to the request and to every origin certificate, so an existing request is never replaced: not the one kept here, not the one in KV.
 * KV may not yet show what was written a moment ago, so it is asked three times before one is made, and again after it was written.
 */
const keepRequest = async (deps: CheckTokenDeps, account: string, namespace: string, fresh: boolean): Promise<CheckedToken['request']> => {
  const { api } = deps;
  const look = async (tries: number, found: (text: string | undefined) => boolean): Promise<string | undefined> => {
    for (let n = 1; ; n++) {
      const text = await api.read(account, namespace, CSR_KEY);
      if (n >= tries || found(text)) return text;
      await deps.pause(APART);
    }
  };
  const kept = await deps.kept(account);
  const text = await look(fresh || kept !== undefined ? 1 : TRIES, t => t !== undefined);
  if (kept !== undefined) {
    if (text === undefined) await api.write(account, namespace, CSR_KEY, JSON.stringify(kept));
    return { ...kept, origin: 'found' };
  }
  if (text !== undefined) return { ...requireRequest(text), origin: 'found' };
  const halves = fresh ? undefined : await readHalves(api, account, namespace);
  if (halves !== undefined) {
    const whole = JSON.stringify({ ...halves, created_at: new Date(deps.now()).toISOString() });
    const found = requireRequest(whole);
    await api.write(account, namespace, CSR_KEY, whole);
    return { ...found, origin: 'found' };
  }
  const made = await makeCertificateRequest(new Date(deps.now()).toISOString());
  const written = JSON.stringify(made);
  await api.write(account, namespace, CSR_KEY, written);
  const seen = await look(TRIES, t => t !== undefined);
  // somebody else wrote in between: theirs stands, for both of us
  return seen !== undefined && seen !== written ? { ...requireRequest(seen), origin: 'found' } : { ...made, origin: 'made' };
};

/** Even older versions kept request and key under a key each, as text or as a JSON string. */
const readHalves = async (api: CloudflareApi, account: string, namespace: string): Promise<{ readonly csr: string; readonly private_key: string } | undefined> => {
  const [csr, private_key] = await Promise.all(['csr', 'private_key'].map(async key => (await api.read(account, namespace, key))?.trim()));
  if (csr === undefined || private_key === undefined) return undefined;
  const bare = (text: string): string => (text.startsWith('"') ? String(JSON.parse(text)) : text);
  try {
    return { csr: bare(csr), private_key: bare(private_key) };
  } catch {
    return { csr, private_key };
  }
};

const requireRequest = (text: string): CertificateRequest => {
  const found = readCertificateRequest(text);
  if (typeof found === 'string') throw new Refusal('CLOUDFLARE.UNAVAILABLE', `The namespace holds something under ${CSR_KEY}, but ${found}. It was left as it is; look at it at Cloudflare, and delete it there if it is of no use.`);
  return found;
};
