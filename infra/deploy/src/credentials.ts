/** Accounts and credentials of tenants, made while everything runs. One account per credential. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeAccount, encodeActivation, encodeUser, fmtCreds, type Account, type Import, type Permissions } from '@nats-io/jwt';
import type { KeyPair } from '@nats-io/nkeys';
import type { NatsConnection } from '@nats-io/transport-node';
import { CREDENTIAL_LIMITS, credentialPermissions, importsOf, type CredentialReach } from './accounts.js';
import { claimsOf, keyPairOf, newKeyPair } from './key-pair.js';

/** The keys that may make accounts. */
export interface OperatorKeys { readonly operator: KeyPair; readonly xanthus: KeyPair }

/** @throws a sentence if the folder does not hold the operator's keys */
export const openOperator = (operatorDir: string): OperatorKeys => {
  const seed = (name: string): KeyPair => {
    try {
      return keyPairOf(readFileSync(join(operatorDir, `${name}.nk`), 'utf8').trim());
    } catch (error) {
      throw new Error(`${join(operatorDir, `${name}.nk`)} does not hold a NATS key, so credentials for tenants cannot be made.`, { cause: error });
    }
  };
  return { operator: seed('operator'), xanthus: seed('xanthus') };
};

/** A credential as its account needs it: public keys only, so that it can be pushed again from the log at any time. */
export interface CredentialAccount extends CredentialReach {
  /** Id and name of the credential. */
  readonly id: string;
  readonly name: string;
  /** Public key of its account (`A…`) and of its user (`U…`). */
  readonly account: string;
  readonly nkey: string;
  readonly revoked: boolean;
}

const NOTHING = { pub: { deny: ['>'] }, sub: { deny: ['>'] } } as const satisfies Permissions;

/** The account's JWT. Of a revoked credential: no imports, every user refused; the server closes what is connected. */
export const accountJwt = async (keys: OperatorKeys, c: CredentialAccount): Promise<string> => {
  const imports: Import[] = [];
  for (const i of c.revoked ? [] : importsOf(c)) {
    const token = await encodeActivation(i.name, c.account, keys.xanthus, 'service', { subject: i.subject, kind: 'service' });
    imports.push({ ...i, type: 'service', account: keys.xanthus.getPublicKey(), token });
  }
  return encodeAccount(`${c.tenant}-${c.name}`, c.account, {
    imports,
    limits: CREDENTIAL_LIMITS,
    // not in the user's JWT: that one must fit the CONNECT line, and permissions may follow a credential that is in use
    default_permissions: c.revoked ? NOTHING : credentialPermissions(c),
    tags: [`tenant:${c.tenant}`, `credential:${c.id}`],
    ...(c.revoked ? { revocations: { [c.nkey]: Math.floor(Date.now() / 1_000), '*': Math.floor(Date.now() / 1_000) } } : {}),
  }, { signer: keys.operator });
};

export interface NewCredential { readonly account: CredentialAccount; /** Text of the `.creds` file; kept nowhere. */ readonly creds: string }

/** Makes the keys of a credential. The account's private key signs the one user and is forgotten. */
export const newCredential = async (c: CredentialReach & { readonly id: string; readonly name: string }): Promise<NewCredential> => {
  const account = newKeyPair('account');
  const user = newKeyPair('user');
  const jwt = await encodeUser(c.id, user, account, { tags: [`tenant:${c.tenant}`, `credential:${c.id}`] });
  return {
    account: { ...c, account: account.getPublicKey(), nkey: user.getPublicKey(), revoked: false },
    creds: new TextDecoder().decode(fmtCreds(jwt, user)),
  };
};

/** Hands an account to the servers. @param system a connection of the system user @throws if no server took it */
export const pushAccount = async (system: NatsConnection, jwt: string): Promise<void> => {
  const answer = (await system.request('$SYS.REQ.CLAIMS.UPDATE', jwt, { timeout: 5_000 })).json<{ data?: { code?: number; message?: string }; error?: { description?: string } }>();
  if (answer.error !== undefined || answer.data?.code !== 200) throw new Error(`nats-server did not take the account: ${answer.error?.description ?? answer.data?.message ?? 'no reason given'}`);
};

/** The account as the servers have it; undefined if none knows it. */
export const lookupAccount = async (system: NatsConnection, account: string): Promise<string | undefined> => {
  const answer = await system.request(`$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`, '', { timeout: 5_000 });
  const jwt = answer.string();
  return jwt.startsWith('eyJ') ? jwt : undefined;
};

/** Do both say the same? Signatures, times and activation tokens differ at each signing. */
export const sameAccount = (a: string, b: string): boolean => essence(a) === essence(b);

const essence = (jwt: string): string => {
  const { sub, name, nats } = claimsOf<Partial<Account>>(jwt);
  const imports = (nats.imports ?? []).map(({ token: _token, ...rest }) => rest);
  return JSON.stringify({ sub, name, tags: nats.tags, limits: nats.limits, permissions: nats.default_permissions, imports, revoked: Object.keys(nats.revocations ?? {}).sort() });
};
