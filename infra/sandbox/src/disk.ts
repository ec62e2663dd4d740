import { mkdir, readdir, lstat, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair } from '@xanthus/ssh';
import { sshdConfig } from './sshd-config.js';
import { parseUserData } from './user-data.js';
import type { UserData } from './user-data.js';

/** The writable parts of a machine, by their place inside. */
export const WRITABLE = { '/etc': 'etc', '/opt': 'opt', '/var': 'var', '/usr/local': 'local', '/home': 'home', '/root': 'root', '/srv': 'srv', '/mnt': 'mnt' } as const;
const DEFAULT_USER = 'ubuntu';

export interface DiskPlan { readonly name: string; readonly image: string; readonly userData: string | undefined; readonly keys: readonly string[] }

/**
 * A disk as an image and the host's half of cloud-init make it: accounts, keys, sshd. What goes to a path that user_data names is only laid ready in
 * `boot` and put there by the machine itself, so that no path leads out. Both folders must be new: nothing in them was made by a machine.
 */
export const makeDisk = async (folder: string, plan: DiskPlan): Promise<UserData> => {
  const data = parseUserData(plan.userData);
  const disk = join(folder, 'disk');
  const boot = join(folder, 'boot');
  for (const path of [disk, boot]) await rm(path, { recursive: true, force: true });
  for (const part of [...Object.values(WRITABLE), 'etc/ssh/sshd_config.d', 'etc/alternatives', 'etc/systemd/system', 'var/log/sandbox', 'var/lib/sandbox', 'var/tmp', 'var/cache', 'local/bin', 'local/sbin', 'local/lib', 'root/.ssh']) {
    await mkdir(join(disk, part), { recursive: true, mode: 0o755 });
  }
  await mkdir(join(boot, 'files'), { recursive: true, mode: 0o700 });
  await writeAccounts(disk, plan, data);
  await writeSystem(disk, plan, data);
  await writeBoot(boot, data);
  return data;
};

const writeAccounts = async (disk: string, plan: DiskPlan, data: UserData): Promise<void> => {
  const people = [{ name: DEFAULT_USER, keys: data.keys }, ...data.users.filter(u => u.name !== DEFAULT_USER && u.name !== 'root')].map(u => ({ ...u, keys: [...u.keys, ...(data.users.find(x => x.name === u.name && u.name === DEFAULT_USER)?.keys ?? [])] }));
  const accounts = [
    // sshd must not believe that it is root: whoever logs in as root is 1000 until their shell has made them 0
    'root:x:1000:1000:root:/root:/sandbox/lib/root-shell',
    ...people.map(p => `${p.name}:x:1000:1000:${p.name}:/home/${p.name}:/bin/bash`),
    'root:x:0:0:root:/root:/bin/bash',
    'sshd:x:104:65534::/run/sshd:/usr/sbin/nologin',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  ];
  await writeFile(join(disk, 'etc/passwd'), `${accounts.join('\n')}\n`);
  await writeFile(join(disk, 'etc/group'), 'root:x:0:\nroot:x:1000:\nnogroup:x:65534:\n');
  const keysOf = async (home: string, keys: readonly string[]): Promise<void> => {
    await mkdir(join(disk, home, '.ssh'), { recursive: true, mode: 0o700 });
    await writeFile(join(disk, home, '.ssh/authorized_keys'), keys.map(k => `${k}\n`).join(''), { mode: 0o600 });
  };
  await keysOf('root', data.rootDisabled ? [] : [...plan.keys, ...data.keys, ...data.users.filter(u => u.name === 'root').flatMap(u => u.keys)]);
  for (const person of people) await keysOf(join('home', person.name), [...(person.name === DEFAULT_USER ? plan.keys : []), ...person.keys]);
};

const writeSystem = async (disk: string, plan: DiskPlan, data: UserData): Promise<void> => {
  const etc = (name: string): string => join(disk, 'etc', name);
  const hostname = data.hostname ?? plan.name;
  const version = /^ubuntu-(\d\d\.\d\d)$/.exec(plan.image)?.[1];
  const debian = /^debian-(\d\d)$/.exec(plan.image)?.[1];
  const [id, number] = version ? ['ubuntu', version] : debian ? ['debian', debian] : [plan.image.split('-')[0] ?? 'sandbox', plan.image.split('-')[1] ?? ''];
  await writeFile(etc('hostname'), `${hostname}\n`);
  await writeFile(etc('hosts'), `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`);
  await writeFile(etc('nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files\n');
  await writeFile(etc('environment'), '');
  await writeFile(etc('os-release'), `PRETTY_NAME="${id === 'ubuntu' ? 'Ubuntu' : id === 'debian' ? 'Debian GNU/Linux' : id} ${number} (sandbox)"\nNAME="${id}"\nID=${id}\nVERSION_ID="${number}"\n`);
  await writeFile(etc('timezone'), `${data.timeZone ?? 'Etc/UTC'}\n`);
  await writeFile(etc('motd'), 'This is a sandbox of Xanthus: packages, systemd, K3s and Helm are stand-ins.\n');
  await writeFile(etc('ssh/sshd_config'), sshdConfig({ first: 'Include /etc/ssh/sshd_config.d/*.conf\n', hostKey: '/etc/ssh/ssh_host_ed25519_key', authorizedKeys: ['.ssh/authorized_keys'], more: `SetEnv "PATH=${PATH}"\n` }));
  const key = data.hostKey ?? generateKeyPair(plan.name);
  await writeFile(etc('ssh/ssh_host_ed25519_key'), key.privateKey.endsWith('\n') ? key.privateKey : `${key.privateKey}\n`, { mode: 0o600 });
  await writeFile(etc('ssh/ssh_host_ed25519_key.pub'), `${key.publicKey.trim()}\n`);
};

/** Of everything inside; the stand-ins come first. */
export const PATH = '/sandbox/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const writeBoot = async (boot: string, data: UserData): Promise<void> => {
  for (const [index, file] of data.files.entries()) {
    // named so that the order in which the shell lists them is theirs
    const at = join(boot, 'files', String(index).padStart(4, '0'));
    await mkdir(at);
    await writeFile(join(at, 'path'), file.path);
    await writeFile(join(at, 'content'), file.content);
    await writeFile(join(at, 'mode'), file.mode);
    if (file.append) await writeFile(join(at, 'append'), '');
  }
  await writeFile(join(boot, 'bootcmd.sh'), data.bootScript);
  await writeFile(join(boot, 'runcmd.sh'), data.runScript);
  await writeFile(join(boot, 'problem'), data.problem ?? '');
};

/** Bytes below a folder, links not followed; stops counting past `enough`. */
export const diskUsage = async (folder: string, enough: number): Promise<number> => {
  let bytes = 0;
  const walk = async (path: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
      if (bytes > enough) return;
      const at = join(path, entry.name);
      if (entry.isDirectory()) await walk(at);
      else bytes += ((await lstat(at).catch(() => undefined))?.blocks ?? 0) * 512;
    }
  };
  await walk(folder);
  return bytes;
};
