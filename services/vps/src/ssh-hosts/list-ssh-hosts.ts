import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { OutputOf } from '@xanthus/proto';
import type { sshHosts } from '@xanthus/proto/vps';
import type { VpsConfig } from '../vps.config.js';
import { readSshConfig, type Included } from './ssh-config.js';

type Answer = OutputOf<typeof sshHosts>;
type Config = Pick<VpsConfig, 'XANTHUS_SSH_CONFIG' | 'XANTHUS_SSH_CONFIG_TENANT'>;

const MAX_FILE = 256 * 1024;
const MAX_FILES = 64;

const none = (reason: string): Answer => ({ available: false, reason, items: [], notes: [] });
/** Whoever is told this, is told nothing about what there is. */
const OFF = 'The operator of this installation gives no configuration of ssh to this organisation (XANTHUS_SSH_CONFIG and XANTHUS_SSH_CONFIG_TENANT).';

/** Plain files only, none too large: a device or a pipe would never end. */
const readSmall = (path: string): string | undefined => {
  try {
    const about = statSync(path);
    return about.isFile() && about.size <= MAX_FILE ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
};

/** `~` and what is relative as ssh takes it, wildcards in the last part of a path. */
const includedFrom = (folder: string): Included => {
  let left = MAX_FILES;
  return (pattern) => {
    const path = pattern.startsWith('~/') ? join(homedir(), pattern.slice(2)) : isAbsolute(pattern) ? pattern : resolve(folder, pattern);
    return namesOf(path).flatMap((file) => {
      if (left-- <= 0) return [];
      const text = readSmall(file);
      return text === undefined ? [] : [{ name: basename(file), text }];
    });
  };
};

const namesOf = (path: string): readonly string[] => {
  const last = basename(path);
  if (!/[*?]/.test(last)) return [path];
  const fits = new RegExp(`^${last.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
  try {
    return readdirSync(dirname(path)).filter(name => fits.test(name) && (!name.startsWith('.') || last.startsWith('.'))).sort().map(name => join(dirname(path), name));
  } catch {
    return [];
  }
};

/** For the one organisation that the operator named; see docs/decisions. No key is read, only the names of their files are told. */
export const listSshHosts = async ({ XANTHUS_SSH_CONFIG: file, XANTHUS_SSH_CONFIG_TENANT: owner }: Config, tenant: string): Promise<Answer> => {
  if (file === undefined || owner === undefined || owner !== tenant) return none(OFF);
  const text = readSmall(file);
  if (text === undefined) return none('The configuration of ssh that the operator named is not there, or is no plain file of at most 256 KiB.');
  const { items, notes } = readSshConfig(text, { included: includedFrom(dirname(resolve(file))), user: userInfo().username });
  return { available: true, items: [...items], notes: [...notes] };
};
