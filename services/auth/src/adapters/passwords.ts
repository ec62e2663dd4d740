import { Algorithm, hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

/** argon2id, 19 MiB, 2 passes: the first recommendation of the OWASP password storage cheat sheet. About 20 ms. */
const OPTIONS = { algorithm: 2 satisfies Algorithm.Argon2id as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = `$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$`;

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), OPTIONS);

let decoy: Promise<string> | undefined;

/** Hashes of bcrypt come from other systems; they are replaced at the next log-in. It reads 72 bytes of a password, as it always did. */
const isBcrypt = (stored: string): boolean => /^\$2[aby]\$/.test(stored);

/** Takes as long for a person who does not exist (`stored` undefined) as for a wrong password. */
export const verifyPassword = async (stored: string | undefined, password: string): Promise<boolean> => {
  if (stored !== undefined && isBcrypt(stored)) return verifyBcrypt(password, stored);
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'));
  return matches && stored !== undefined;
};

/** Made by another system or with other costs than ours. */
export const needsRehash = (stored: string): boolean => !stored.startsWith(CURRENT);
