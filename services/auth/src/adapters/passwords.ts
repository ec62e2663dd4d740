import { Algorithm, hash, verify } from '@node-rs/argon2';

/** argon2id, 19 MiB, 2 passes: the first recommendation of the OWASP password storage cheat sheet. About 20 ms. */
const OPTIONS = { algorithm: 2 satisfies Algorithm.Argon2id as Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), OPTIONS);

let decoy: Promise<string> | undefined;

/** Takes as long for a person who does not exist (`stored` undefined) as for a wrong password. */
export const verifyPassword = async (stored: string | undefined, password: string): Promise<boolean> => {
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'));
  return matches && stored !== undefined;
};
