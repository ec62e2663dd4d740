/** Keys and credentials from files. A file that is missing or unreadable is told in a sentence with its path and what it is for. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceKey } from './identity-signer.js';
import type { ServiceJwks } from './identity-verifier.js';

const read = async (path: string, what: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`Cannot read ${what} at ${path} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`, { cause: error });
  }
};

const readJson = async (path: string, what: string): Promise<Record<string, unknown>> => {
  const text = await read(path, what);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${path} is not valid JSON; it should hold ${what}.`, { cause: error });
  }
};

export const readServiceKey = async (path: string): Promise<ServiceKey> => {
  const key = await readJson(path, 'the private key of this service');
  if (key['kty'] !== 'OKP' || key['crv'] !== 'Ed25519' || typeof key['d'] !== 'string') throw new Error(`${path} holds no private ed25519 key (JWK).`);
  return key as ServiceKey;
};

export const readServiceJwks = async (path: string): Promise<ServiceJwks> => {
  const jwks = await readJson(path, 'the public keys of all services');
  if (!Array.isArray(jwks['keys'])) throw new Error(`${path} holds no set of keys (JWKS).`);
  return jwks as unknown as ServiceJwks;
};

/** `path` is a `.creds` file or a folder with `<user>.creds`. Undefined without a path: a server without authentication. */
export const readCredentials = async (path: string | undefined, user: string): Promise<string | undefined> => {
  if (path === undefined) return undefined;
  const folder = await stat(path).then(s => s.isDirectory(), () => false);
  return read(folder ? join(path, `${user}.creds`) : path, `the NATS credential of ${user}`);
};
