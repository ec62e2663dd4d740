/**
 * Stand-ins for what a test machine lacks or must not do (systemd, its journal, K3s), as small programs in front of its PATH. They keep what they were told in files beside them.
 * Everything else (sh, cat, df, /proc, authorized_keys) is the machine's own, behind a real sshd.
 */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- name: default
  cluster:
    server: https://127.0.0.1:6443
    certificate-authority-data: Y2E=
users:
- name: default
  user:
    client-certificate-data: Y2VydA==
    client-key-data: a2V5LWNhbmFyeQ==
    exec: { command: /bin/evil }
contexts:
- { name: default, context: { cluster: default, user: default } }
current-context: default
`;

const PROGRAMS = (dir: string): Readonly<Record<string, string>> => ({
  journalctl: `echo "$@" >>${dir}/journalctl.args
if [ -e ${dir}/journal-broken ]; then echo 'No access to the journal' >&2; exit 1; fi
for a in "$@"; do case "$a" in --lines=*) n=\${a#--lines=};; --follow) f=1;; esac; done
if [ -n "$f" ]; then exec tail -n 0 -F ${dir}/journal; fi
exec tail -n "$n" ${dir}/journal`,
  timedatectl: `case "$1" in
show) cat ${dir}/zone;;
set-timezone) [ "$2" = -- ] && [ ! -e ${dir}/zone-broken ] || { echo "Failed to set time zone: Access denied" >&2; exit 1; }; printf '%s\\n' "$3" >${dir}/zone;;
esac`,
  systemctl: `case "$1" in
is-active) echo active;;
reboot|poweroff) echo "$1" >>${dir}/asked;;
show) case "$2" in --property=UserspaceTimestamp) cat ${dir}/boot;; *) printf 'Id=k3s.service\\nLoadState=loaded\\nActiveState=active\\n\\nId=docker.service\\nLoadState=not-found\\nActiveState=inactive\\n';; esac;;
esac`,
  // Objects that are called \`bad\` are refused; those whose name is in the file \`there\` exist.
  k3s: `if [ "$1" = --version ]; then echo 'k3s version v1.31.1+k3s1 (abc)'; exit 0; fi
shift; printf '%s\\n' "$*" >>${dir}/kubectl.args
text=$(cat); printf '%s' "$text" >${dir}/kubectl.stdin
names=$(printf '%s\\n' "$text" | sed -n 's/^  name: //p')
case "$1" in
get) for n in $names; do grep -qx "$n" ${dir}/there 2>/dev/null && echo "configmap/$n"; done; true;;
diff) for n in $names; do grep -qx "$n" ${dir}/changed 2>/dev/null && printf 'diff -u -N /tmp/LIVE-1/v1.ConfigMap.default.%s /tmp/MERGED-1/v1.ConfigMap.default.%s\\n+  a: \\033[31mred\\n' "$n" "$n"; done; [ ! -s ${dir}/changed ];;
apply) s=0; for n in $names; do if [ "$n" = bad ]; then echo 'Error from server (Invalid): ConfigMap "bad" is invalid: data: too strange' >&2; s=1; else echo "configmap/$n serverside-applied"; fi; done
  case "$*" in *--dry-run=server*) ;; *) for n in $names; do echo "$n" >>${dir}/there; done;; esac; exit $s;;
esac`,
  cat: `for last; do :; done
if [ "$last" = /etc/rancher/k3s/k3s.yaml ]; then exec /bin/cat ${dir}/k3s.yaml; fi
exec /bin/cat "$@"`,
});

export interface Programs {
  /** In front of the PATH. */
  readonly path: string;
  read(file: string): Promise<string>;
  write(file: string, text: string | Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
}

/** @param dir without spaces */
export const installPrograms = async (dir: string): Promise<Programs> => {
  const bin = join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  for (const [name, script] of Object.entries(PROGRAMS(dir))) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const programs: Programs = { path: `${bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`, read: file => readFile(join(dir, file), 'utf8').catch(() => ''), write: (file, text) => writeFile(join(dir, file), text), remove: file => rm(join(dir, file), { force: true }) };
  await Promise.all([programs.write('zone', 'Etc/UTC\n'), programs.write('boot', 'first\n'), programs.write('k3s.yaml', KUBECONFIG), programs.write('journal', ''), programs.write('changed', '')]);
  return programs;
};
