/** What the password of an application is for it: where it lies, what else is made of it, and what it may be. */
import { Refusal } from '@xanthus/kernel';
import type { CatalogEntry } from '@xanthus/proto/applications';
import { filledName, makeSecrets } from '../catalog/index.js';
import type { SealedRelease } from '../running/ports.js';
import { BCRYPT_BYTES, SECRET_TOOLS } from './secret-tools.js';

/** The namespace and release that names of an entry are filled in with. */
export interface Place { readonly namespace: string; readonly release_name: string }
export const namedAt = (template: string, { namespace, release_name }: Place, { secret_name }: Pick<SealedRelease, 'secret_name'>): string => filledName(template, { namespace, release_name, secret_name });

/**
 * How it is changed. `secret`: a key of the Secret that every release brings; what is made of it is made anew. `other`: a key of another Secret.
 * `hash`: only its hash, in a Secret of the application. `inside`: not from here.
 */
export type PasswordWay = { readonly way: 'secret'; readonly key: string } | { readonly way: 'other' } | { readonly way: 'hash' } | { readonly way: 'inside'; readonly hint: string };

export const passwordWay = ({ access, secrets }: Pick<CatalogEntry, 'access' | 'secrets'>): PasswordWay => {
  if (access.kind === 'bcrypt') return { way: 'hash' };
  if (access.kind !== 'password' || access.change === 'in-app') return { way: 'inside', hint: access.hint };
  if (access.secret !== '{{SECRET_NAME}}') return { way: 'other' };
  const { derive } = secrets.find(s => s.name === access.key) ?? {};
  if (derive === undefined) return { way: 'secret', key: access.key };
  // From a hash nobody gets back to what it is made of.
  return derive.as === 'plain' && derive.text === undefined ? { way: 'secret', key: derive.from } : { way: 'inside', hint: access.hint };
};

/** The release with another password, and everything that follows from it. The same once more where it has that already. */
export const withPassword = async (sealed: SealedRelease, password: string | null): Promise<SealedRelease> => {
  const way = passwordWay(sealed.entry);
  if (password === null || way.way !== 'secret' || sealed.secrets[way.key] === password) return sealed;
  const own = { ...sealed.secrets, [way.key]: password };
  return { ...sealed, secrets: { ...own, ...await makeSecrets(sealed.entry, SECRET_TOOLS, own, new Set([way.key])) } };
};

/** One that nobody can guess, as the entry wants it. */
export const madePassword = async ({ access, secrets }: Pick<CatalogEntry, 'access' | 'secrets'>): Promise<string> => {
  const way = passwordWay({ access, secrets });
  const as = secrets.find(s => way.way === 'secret' && s.name === way.key) ?? { length: 24, alphabet: 'alphanumeric' as const };
  const name = 'password';
  return (await makeSecrets({ secrets: [{ name, description: '', length: as.length, alphabet: as.alphabet }] }, SECRET_TOOLS))[name] as string;
};

const unsuitable = (message: string): Refusal => new Refusal('APPLICATION.PASSWORD_UNSUITABLE', message);
/** Characters that are themselves in every configuration file. */
const PLAIN = /^[A-Za-z0-9._~+=-]+$/;

/** @throws Refusal APPLICATION.PASSWORD_UNSUITABLE: the application could not be opened with it */
export const mustSuit = ({ access, secrets }: Pick<CatalogEntry, 'access' | 'secrets'>, password: string): void => {
  const way = passwordWay({ access, secrets });
  const made = secrets.flatMap(({ derive }) => (way.way === 'secret' && derive?.from === way.key ? [derive] : []));
  if ((way.way === 'hash' || made.some(d => d.as !== 'plain')) && Buffer.byteLength(password) > BCRYPT_BYTES) throw unsuitable(`It keeps a hash that looks at the first ${BCRYPT_BYTES} characters only. Choose a password of at most so many.`);
  if (made.some(d => d.as === 'plain' && d.text !== undefined) && !PLAIN.test(password)) throw unsuitable('The password goes into a configuration file of the application. Use letters, digits and . _ ~ + = - only.');
};
