import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { encodeAccount, encodeOperator, encodeUser, fmtCreds, newScopedSigner, type User } from '@nats-io/jwt';
import type { KeyPair } from '@nats-io/nkeys';
import { SYSTEM_USER_PERMISSIONS, systemAccountClaims, xanthusAccountClaims } from './accounts.js';
import { auditKeyId, keysOfAudit, type PublicJwk } from '@xanthus/jetstream';
import { ensureFolder, readOrMake, readText, writePrivate } from './files.js';
import { claimsOf, keyPairOf, newKeyPair, seedOf } from './key-pair.js';
import { permissionsOf } from './permissions.js';
import { NATS_USERS, SIGNING_SERVICES } from './users.js';

/** Where everything lies. Paths are absolute if `dir` is. */
export interface OperatorFiles {
  readonly dir: string;
  /** XANTHUS_OPERATOR_DIR: seeds and JWTs; only auth and the launcher read it. */
  readonly operatorDir: string;
  /** XANTHUS_NATS_CREDENTIALS: `<user>.creds`. */
  readonly credsDir: string;
  readonly keysDir: string;
  /** The system user that hands accounts to the servers; beside the seeds, because who has it can make accounts known. */
  readonly systemCreds: string;
  readonly masterKeyFile: string;
  readonly serviceJwksFile: string;
  readonly creds: (user: string) => string;
  readonly serviceKey: (service: string) => string;
}

export const operatorFiles = (dir: string): OperatorFiles => ({
  dir,
  operatorDir: join(dir, 'operator'),
  credsDir: join(dir, 'creds'),
  keysDir: join(dir, 'keys'),
  systemCreds: join(dir, 'operator', 'sys.creds'),
  masterKeyFile: join(dir, 'keys', 'master.key'),
  serviceJwksFile: join(dir, 'keys', 'service-jwks.json'),
  creds: user => join(dir, 'creds', `${user}.creds`),
  serviceKey: service => join(dir, 'keys', `service-${service}.jwk`),
});

/**
 * Makes what is missing and leaves what is there: operator, system account, the account XANTHUS, a user per program, the
 * services' ed25519 keys and the master key. Safe to call at every start; users get the permissions of this version anew.
 *
 * @param dir the data folder (`.xanthus`)
 */
export const initOperator = async (dir: string): Promise<OperatorFiles> => {
  const files = operatorFiles(dir);
  for (const folder of [dir, files.operatorDir, join(files.operatorDir, 'users'), join(files.operatorDir, 'roles'), join(files.operatorDir, 'accounts'), files.credsDir, files.keysDir]) await ensureFolder(folder);

  const operator = await keyFile(join(files.operatorDir, 'operator.nk'), 'operator');
  const system = await keyFile(join(files.operatorDir, 'sys.nk'), 'account');
  const xanthus = await keyFile(join(files.operatorDir, 'xanthus.nk'), 'account');

  await renew(join(files.operatorDir, 'operator.jwt'), await encodeOperator('xanthus', operator, { system_account: system.getPublicKey() }));
  await renew(join(files.operatorDir, 'sys.jwt'), await encodeAccount('SYS', system, systemAccountClaims(), { signer: operator }));

  // Permissions stand in the account under a signing key per user, not in the user's own JWT: that one travels in the CONNECT line,
  // which nats-server limits to 4 KiB, and need not be made anew when permissions change.
  const roles = new Map<string, KeyPair>();
  for (const name of NATS_USERS) roles.set(name, await keyFile(join(files.operatorDir, 'roles', `${name}.nk`), 'account'));
  const signing_keys = NATS_USERS.map(name => newScopedSigner(roles.get(name)!.getPublicKey(), name, { ...UNLIMITED_USER, ...permissionsOf(name) }));
  await renew(join(files.operatorDir, 'xanthus.jwt'), await encodeAccount('XANTHUS', xanthus, { ...xanthusAccountClaims(), signing_keys }, { signer: operator }));

  const user = async (name: string, file: string, account: KeyPair, claims: Partial<User>, role?: KeyPair): Promise<void> => {
    const pair = await keyFile(join(files.operatorDir, 'users', `${name}.nk`), 'user');
    const jwt = await renew(join(files.operatorDir, 'users', `${name}.jwt`), await encodeUser(name, pair, account, claims, role === undefined ? {} : { signer: role, scopedUser: true }));
    await writePrivate(file, new TextDecoder().decode(fmtCreds(jwt, pair)));
  };
  await user('sys', files.systemCreds, system, SYSTEM_USER_PERMISSIONS);
  for (const name of NATS_USERS) await user(name, files.creds(name), xanthus, {}, roles.get(name)!);

  const jwks = [];
  for (const service of SIGNING_SERVICES) jwks.push(await serviceKey(files.serviceKey(service), service));
  await writePrivate(files.serviceJwksFile, `${JSON.stringify({ keys: [...jwks, ...await retiredOf(files.serviceJwksFile, jwks)] }, undefined, 2)}\n`);
  await readOrMake(files.masterKeyFile, () => randomBytes(32).toString('base64url'));
  return files;
};

const UNLIMITED_USER = { subs: -1, data: -1, payload: -1 } as const;

const keyFile = async (path: string, kind: 'operator' | 'account' | 'user'): Promise<KeyPair> => keyPairOf(await readOrMake(path, () => seedOf(newKeyPair(kind))));

/** Writes the JWT unless the one there says the same (a new signature alone would have every account pushed at each start). */
const renew = async (path: string, jwt: string): Promise<string> => {
  const found = (await readText(path))?.trim();
  if (found !== undefined && said(found) === said(jwt)) return found;
  await writePrivate(path, `${jwt}\n`);
  return jwt;
};

const said = (jwt: string): string => {
  const { iat: _iat, jti: _jti, ...rest } = claimsOf(jwt);
  return JSON.stringify(rest);
};

/** What audit signed stays signed: its keys of before, public halves under names of their own, which no identity can have. */
const retiredOf = async (jwksFile: string, now: readonly PublicJwk[]): Promise<PublicJwk[]> => {
  const before = JSON.parse((await readText(jwksFile)) ?? '{"keys":[]}') as { readonly keys?: readonly PublicJwk[] };
  return keysOfAudit(before.keys ?? []).filter(old => !now.some(key => key.x === old.x)).map(key => ({ ...key, kid: auditKeyId(key) }));
};

/** An Ed25519 key as a private JWK, `kid` = `service:<name>`; returns its public half. */
const serviceKey = async (path: string, service: string): Promise<Record<string, unknown>> => {
  const kid = `service:${service}`;
  const text = await readOrMake(path, () => JSON.stringify({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' }));
  const { d: _d, ...publicHalf } = JSON.parse(text) as Record<string, unknown>;
  return publicHalf;
};
