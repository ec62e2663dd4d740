import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import type { PowerState, serverStatus } from '@xanthus/proto/vps';
import { parseVersion } from '../remote/probes.js';
import { clean, number } from '../remote/remote-text.js';
import { subjectOf } from '../server/decide-life.js';
import { parseSetupStatus, setupSentence } from '../setup/setup-status.js';
import type { VpsContext } from '../vps.context.js';
import { asked, isReached, liveServer, onServer } from './host.js';

type Status = OutputOf<typeof serverStatus>;
type Answer = Omit<Status, 'reachable' | 'reason' | 'at' | 'power'>;

/** What is there of these is told with its state. */
const SERVICES = ['k3s', 'k3s-agent', 'ssh', 'sshd', 'systemd-timesyncd', 'chrony', 'cron', 'fail2ban', 'ufw', 'containerd', 'docker'] as const;

/** The set-up's own words come last: whatever is in that file, nothing after it is taken for a section. */
const SCRIPT = String.raw`
PATH="$PATH:/usr/local/bin:/usr/sbin:/sbin"
echo @k3s; command -v k3s >/dev/null 2>&1 && { echo installed; k3s --version 2>/dev/null | head -n 1; }
echo @active; systemctl is-active k3s 2>/dev/null
echo @uptime; cat /proc/uptime 2>/dev/null
echo @load; cat /proc/loadavg 2>/dev/null
echo @memory; grep -E '^(MemTotal|MemAvailable):' /proc/meminfo 2>/dev/null
echo @disk; df -kP / 2>/dev/null | tail -n 1
echo @services; systemctl show --property=Id,LoadState,ActiveState "$@" 2>/dev/null
echo @setup; head -c 4096 /opt/xanthus/status 2>/dev/null
true
`;
const TIMEOUT = 10_000;

export const parseStatus = (text: string): Answer => {
  const [before = '', setup = ''] = text.split(/^@setup$/m, 2);
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of before.split('\n')) {
    const name = /^@([a-z0-9]+)$/.exec(line)?.[1];
    if (name !== undefined && !sections.has(name)) sections.set(name, current = []);
    else if (line.trim() !== '') current.push(line.trim());
  }
  const lines = (name: string): readonly string[] => sections.get(name) ?? [];
  const words = (name: string): readonly string[] => (lines(name)[0] ?? '').split(/\s+/);
  const memory = new Map(lines('memory').map((line) => { const [name = '', kib] = line.split(/:?\s+/); return [name, number(kib) * 1024]; }));
  const total = memory.get('MemTotal') ?? 0;
  const disk = words('disk');
  const status = parseSetupStatus(setup);
  const k3s = lines('k3s');
  return {
    setup: status.kind === 'none' ? null : { word: status.kind === 'failed' ? `FAILED ${status.failure.step} ${status.failure.code}` : status.kind === 'unreadable' ? status.text : status.word, sentence: setupSentence(status) },
    k3s: { installed: k3s[0] === 'installed', active: lines('active')[0] === 'active', version: parseVersion(k3s[1] ?? '') },
    uptime_seconds: lines('uptime').length === 0 ? null : number(words('uptime')[0]),
    load: lines('load').length === 0 ? null : words('load').slice(0, 3).map(number),
    memory: total === 0 ? null : { total_bytes: total, used_bytes: Math.max(0, total - (memory.get('MemAvailable') ?? total)) },
    disk: disk.length < 3 ? null : { total_bytes: number(disk[1]) * 1024, used_bytes: number(disk[2]) * 1024 },
    services: services(lines('services')),
  };
};

/** `Id=…`, `LoadState=…`, `ActiveState=…` in any order; the next `Id` or a repeated name begins another one. */
const services = (lines: readonly string[]): Answer['services'] => {
  const units: Map<string, string>[] = [];
  for (const line of lines) {
    const at = line.indexOf('=');
    const [name, value] = [line.slice(0, at), line.slice(at + 1)];
    const last = units.at(-1);
    if (at <= 0) continue;
    if (!last || last.has(name)) units.push(new Map([[name, value]]));
    else last.set(name, value);
  }
  const seen = new Set<string>();
  return units.flatMap((unit) => {
    const name = clean(unit.get('Id') ?? '', 64).replace(/\.service$/, '');
    if (unit.get('LoadState') !== 'loaded' || name === '' || seen.has(name)) return [];
    seen.add(name);
    return [{ name, state: clean(unit.get('ActiveState') ?? 'unknown', 32) }];
  });
};

const NOTHING: Answer = { setup: null, k3s: null, uptime_seconds: null, load: null, memory: null, disk: null, services: [] };

export const status = async (vps: VpsContext, call: Call): Promise<Status> => {
  const server = await liveServer(vps, call);
  const { reason, value } = await asked(onServer(vps, call, async (connection) => {
    const { stdout } = await connection.script(SCRIPT, SERVICES, { timeout: TIMEOUT, maxOutput: 32 * 1024, signal: call.signal });
    return parseStatus(stdout);
  }));
  const power: PowerState = isReached(reason) ? 'running' : subjectOf(server).power ?? 'unknown';
  return { reachable: isReached(reason), reason, at: new Date().toISOString(), power, ...(value ?? NOTHING) };
};
