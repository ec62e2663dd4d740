// oxlint-disable-next-line typescript/triple-slash-reference -- the only way to declare *.sh for every program that imports this package
/// <reference path="./scripts.d.ts" />
import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import aptGet from './bin/apt-get.sh';
import curl from './bin/curl.sh';
import df from './bin/df.sh';
import dpkgQuery from './bin/dpkg-query.sh';
import journalctl from './bin/journalctl.sh';
import nothing from './bin/nothing.sh';
import power from './bin/power.sh';
import sudo from './bin/sudo.sh';
import systemctl from './bin/systemctl.sh';
import timedatectl from './bin/timedatectl.sh';
import uname from './bin/uname.sh';
import boot from './lib/boot.sh';
import fault from './lib/fault.sh';
import helm from './lib/helm.sh';
import k3s from './lib/k3s.sh';
import k3sInstall from './lib/k3s-install.sh';
import k3sServer from './lib/k3s-server.sh';
import rootShell from './lib/root-shell.sh';

/** Programs of which one stand-in plays several. */
const ALIASES: Readonly<Record<string, string>> = {
  apt: 'apt-get', dpkg: 'nothing', iptables: 'nothing', 'iptables-save': 'nothing', ip6tables: 'nothing', ufw: 'nothing', hostnamectl: 'nothing', 'cloud-init': 'nothing',
  poweroff: 'power', reboot: 'power', shutdown: 'power', halt: 'power',
};
const BIN: Readonly<Record<string, string>> = {
  'apt-get': aptGet, curl, df, 'dpkg-query': dpkgQuery, journalctl, nothing, power, sudo, systemctl, timedatectl, uname,
};
const LIB: Readonly<Record<string, string>> = { boot, fault, helm, k3s, 'k3s-install': k3sInstall, 'k3s-server': k3sServer, 'root-shell': rootShell };

/** Lays out what every machine sees read-only as `/sandbox`: `bin` comes first in its PATH, `boot` and `sshd` are mounted over. */
export const writeTools = async (folder: string): Promise<void> => {
  for (const part of ['bin', 'lib', 'boot', 'sshd', 'kubernetes']) await mkdir(join(folder, part), { recursive: true, mode: 0o755 });
  const put = async (path: string, text: string): Promise<void> => {
    await writeFile(`${path}.new`, text, { mode: 0o755 });
    await chmod(`${path}.new`, 0o755);
    await rename(`${path}.new`, path); // machines may be running
  };
  for (const [name, text] of Object.entries(BIN)) await put(join(folder, 'bin', name), text);
  for (const [name, text] of Object.entries(LIB)) await put(join(folder, 'lib', name), text);
  for (const name of ['kubernetes', 'helm', 'kubectl']) await writeFile(join(folder, 'kubernetes', name), ''); // empty: this machine has none; the real ones are mounted over
  for (const [name, target] of Object.entries(ALIASES)) await symlink(target, join(folder, 'bin', name)).catch(() => undefined); // there since the last start
};
