/** What a server is, asked in fixed scripts over SSH. Each is one stage of the connection test and a part of the facts. */
import type { ServerFacts } from '@xanthus/proto/vps';
import type { SshConnection } from '@xanthus/ssh';
import { clean, fields, number } from './remote-text.js';

type Ask = (connection: SshConnection, signal?: AbortSignal) => Promise<string>;
const STAGE_TIMEOUT = 5_000;

const script = (text: string): Ask => async (connection, signal) => {
  const { stdout } = await connection.script(text, [], { timeout: STAGE_TIMEOUT, maxOutput: 16 * 1024, ...(signal ? { signal } : {}) });
  return stdout;
};

const SUDO = script('if [ "$(id -u)" = 0 ]; then echo root; elif sudo -n true 2>/dev/null; then echo sudo; else echo none; fi');

const SYSTEM = script(String.raw`
if [ -r /etc/os-release ]; then . /etc/os-release; fi
[ -n "$PRETTY_NAME" ] || PRETTY_NAME=$(uname -s)
printf 'os=%s\n' "$PRETTY_NAME"
printf 'hostname=%s\n' "$(uname -n)"
printf 'kernel=%s\n' "$(uname -r)"
printf 'architecture=%s\n' "$(uname -m)"
printf 'cpus=%s\n' "$(getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c ^processor /proc/cpuinfo 2>/dev/null)"
printf 'memory_kib=%s\n' "$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null)"
printf 'disk_kib=%s\n' "$(df -kP / 2>/dev/null | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2)"
`);

const K3S = script('PATH="$PATH:/usr/local/bin"; command -v k3s >/dev/null 2>&1 && k3s --version 2>/dev/null | head -n 1');
const HELM = script('PATH="$PATH:/usr/local/bin"; command -v helm >/dev/null 2>&1 && helm version --short 2>/dev/null | head -n 1');

/** `root`: is root. `sudo`: becomes root without a password. */
export const probeSudo = async (connection: SshConnection, signal?: AbortSignal): Promise<'root' | 'sudo' | 'none'> => {
  // The last line: some machines greet even a program.
  const answer = (await SUDO(connection, signal)).trim().split('\n').at(-1);
  return answer === 'root' || answer === 'sudo' ? answer : 'none';
};

export type SystemFacts = Omit<ServerFacts, 'sudo' | 'k3s' | 'helm'>;

export const probeSystem = async (connection: SshConnection, signal?: AbortSignal): Promise<SystemFacts> => parseSystem(await SYSTEM(connection, signal));

export const parseSystem = (text: string): SystemFacts => {
  const table = fields(text);
  const word = (name: string): string => clean(table.get(name) ?? '') || 'unknown';
  return {
    hostname: word('hostname'), os: word('os'), kernel: word('kernel'), architecture: word('architecture'),
    cpus: Math.round(number(table.get('cpus'))), memory_bytes: number(table.get('memory_kib')) * 1024, disk_bytes: number(table.get('disk_kib')) * 1024,
  };
};

/** The first word that looks like a version; `null` when it is not installed. */
export const parseVersion = (text: string): string | null => /\bv\d[\w.+-]{0,63}/.exec(text)?.[0] ?? null;

export const probeK3s = async (connection: SshConnection, signal?: AbortSignal): Promise<string | null> => parseVersion(await K3S(connection, signal));
export const probeHelm = async (connection: SshConnection, signal?: AbortSignal): Promise<string | null> => parseVersion(await HELM(connection, signal));

export const readFacts = async (connection: SshConnection, signal?: AbortSignal): Promise<ServerFacts> => {
  const [sudo, system, k3s, helm] = await Promise.all([probeSudo(connection, signal), probeSystem(connection, signal), probeK3s(connection, signal), probeHelm(connection, signal)]);
  return { ...system, sudo: sudo !== 'none', k3s, helm };
};
