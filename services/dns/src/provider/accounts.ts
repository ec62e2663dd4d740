/** The Cloudflare accounts that a tenant has linked, as DNS providers. Their tokens belong to auth; one is asked for when it is needed, and kept for some minutes only. */
import type { NatsConnection } from '@nats-io/transport-node';
import { newId, Refusal } from '@xanthus/kernel';
import { ask, type AskOptions, type IdentitySigner } from '@xanthus/nest';
import type { ProviderCalls } from '@xanthus/providers';
import type { OutputOf } from '@xanthus/proto';
import { cloudflareGrant, handOverCertificateKey, handOverCloudflare, linkedCloudflare, type CloudflareGrant } from '@xanthus/proto/auth';
import { handOverContext, newReceiver, open } from '@xanthus/vault';
import { cloudflareDns } from './cloudflare-dns.js';
import type { DnsProvider } from './dns-provider.js';

/** ms */
const KEEP = 10 * 60_000;

export interface CloudflareAccounts {
  /** Ids of those that are linked now; the names are the accounts'. */
  list(tenant: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** @throws Refusal DNS.NOT_LINKED, DNS.TOKEN_REFUSED, and what auth refuses */
  provider(tenant: string, account: string): Promise<DnsProvider>;
  /** The request that origin certificates of the account are issued for. */
  certificateRequest(tenant: string, account: string): Promise<{ readonly csr: string; readonly key_fingerprint: string }>;
  /** The key of the account's origin certificates, sealed by auth to somebody else's public key: it is never ours to read. @throws Refusal DNS.NOT_LINKED */
  sealedKey(tenant: string, account: string, o: { readonly seal: string; readonly reason: string } & Pick<AskOptions<typeof handOverCertificateKey>, 'act' | 'correlation_id'>): Promise<OutputOf<typeof handOverCertificateKey>>;
}

export interface AccountsDeps { readonly nc: NatsConnection; readonly signer: IdentitySigner; readonly calls: ProviderCalls; readonly baseUrl: string | undefined; readonly now: () => number }

const WORDS: Readonly<Record<string, string>> = { 'CLOUDFLARE.NOT_LINKED': 'DNS.NOT_LINKED', 'CLOUDFLARE.TOKEN_REFUSED': 'DNS.TOKEN_REFUSED' };
const inOurWords = (error: unknown): unknown => {
  const code = error instanceof Refusal ? WORDS[error.code] : undefined;
  return code === undefined || !(error instanceof Refusal) ? error : new Refusal(code, error.message, error.details, error.retryable);
};

export const cloudflareAccounts = ({ nc, signer, calls, baseUrl, now }: AccountsDeps): CloudflareAccounts => {
  const kept = new Map<string, { readonly grant: Promise<CloudflareGrant>; readonly until: number }>();
  const receive = async (tenant: string, id: string): Promise<CloudflareGrant> => {
    const receiver = newReceiver();
    try {
      const { sealed } = await ask(nc, signer, handOverCloudflare, { tenant, id, input: { reason: 'zones and records' }, seal: receiver.publicKey, correlation_id: newId() });
      return cloudflareGrant.parse(JSON.parse(open(receiver, handOverContext(tenant, id, signer.service), sealed).toString('utf8')));
    } catch (error) {
      throw inOurWords(error);
    }
  };
  const grantOf = (tenant: string, account: string): Promise<CloudflareGrant> => {
    const key = `${tenant}.${account}`;
    const known = kept.get(key);
    if (known && known.until > now()) return known.grant;
    const grant = receive(tenant, account);
    kept.set(key, { grant, until: now() + KEEP });
    grant.catch(() => { if (kept.get(key)?.grant === grant) kept.delete(key); });
    return grant;
  };
  return {
    list: async tenant => (await ask(nc, signer, linkedCloudflare, { tenant, input: {}, correlation_id: newId() })).accounts.map(({ id, name }) => ({ id, name })),
    async provider(tenant, account) {
      const { token } = await grantOf(tenant, account);
      const provider = cloudflareDns({ token, baseUrl, fetch: calls.fetchFor({ provider: 'cloudflare', tenant }) });
      // A token that was replaced, or withdrawn and linked anew: the next call asks auth again.
      const forget = (error: unknown): never => {
        if (error instanceof Refusal && error.code === 'DNS.TOKEN_REFUSED') kept.delete(`${tenant}.${account}`);
        throw error;
      };
      return Object.fromEntries(Object.entries(provider).map(([name, method]) => [name, (...args: never[]) => (method as (...a: never[]) => Promise<unknown>)(...args).catch(forget)])) as unknown as DnsProvider;
    },
    async certificateRequest(tenant, account) {
      const { csr, key_fingerprint } = await grantOf(tenant, account);
      return { csr, key_fingerprint };
    },
    async sealedKey(tenant, account, { reason, ...options }) {
      try {
        return await ask(nc, signer, handOverCertificateKey, { tenant, id: account, input: { reason }, ...options });
      } catch (error) {
        throw inOurWords(error);
      }
    },
  };
};

export const notLinked = (): Refusal => new Refusal('DNS.NOT_LINKED', 'No Cloudflare account is linked. Link one under Settings → Cloudflare.');
