/** One sample of a machine: a fixed script over SSH, and the arithmetic on what it printed. */
import { WATCHED_SERVICES, type MetricsSample, type ServiceState } from '@xanthus/proto/vps';
import type { SshConnection } from '@xanthus/ssh';
import { number } from './remote-text.js';

/**
 * As few processes as it can be. What a machine does not have is left out; `@end` says that all was asked. Systemd may hang where a machine is in
 * trouble, and then the rest still counts.
 */
const SCRIPT = `
exec 2>/dev/null
say() { read -r line <"$2" && echo "@$1 $line"; }
say loadavg /proc/loadavg
say uptime /proc/uptime
grep -hE '^(cpu[0-9]* |MemTotal:|MemAvailable:|MemFree:|SwapTotal:|SwapFree:)' /proc/stat /proc/meminfo
df -kP / | { read -r _; read -r _ size used _; echo "@disk $size $used"; }
echo @net
cat /proc/net/dev
echo @clock
date +%s
if command -v systemctl >/dev/null; then
  echo @services
  limit=; command -v timeout >/dev/null && limit='timeout 2'
  $limit systemctl show --property=Id,LoadState,ActiveState "$@"
fi
echo @end
`;
/** `sshd` is the name outside Debian. */
const UNITS = [...WATCHED_SERVICES.filter(s => s !== 'ssh').map(s => `${s}.service`), 'ssh.service', 'sshd.service'];
/** 64 processors and 50 interfaces print 12 KiB. */
const MAX_OUTPUT = 256 * 1024;

/** Counters since the machine's start; their growth makes the rates of the next sample. */
export interface Counters { readonly busy: number; readonly total: number }
export interface Reading extends Omit<MetricsSample, 'at' | 'cpu' | 'latency_ms' | 'clock_offset_seconds'> {
  readonly counters: Counters;
  /** The machine's clock, seconds since 1970. */
  readonly clock?: number;
  /** The script ran to its end, on a POSIX shell. */
  readonly complete: boolean;
}

const words = (line: string | undefined): readonly string[] => (line ?? '').trim().split(/\s+/);

/** Fields of /proc/stat: user nice system idle iowait irq softirq steal (guest is part of user). */
const countersOf = (ticks: readonly string[]): Counters => {
  const values = ticks.slice(0, 8).map(number);
  const total = values.reduce((sum, v) => sum + v, 0);
  return { total, busy: total - (values[3] ?? 0) - (values[4] ?? 0) };
};

/** What only passes packets on to another interface of the machine: its bytes would count twice. */
const INNER = /^(lo$|veth|cni|flannel|cali|docker|br-|virbr|kube-|dummy)/;

const isState = (text: string | undefined): text is 'active' | 'failed' => text === 'active' || text === 'failed';

/** Blocks of `systemctl show`, an empty line between them; where it is missing, what comes a second time begins the next. */
const servicesOf = (lines: readonly string[]): Record<string, ServiceState> | undefined => {
  const states = new Map<string, ServiceState>();
  let unit = new Map<string, string>();
  const close = (): void => {
    const name = unit.get('Id')?.replace(/\.service$/, '').replace(/^sshd$/, 'ssh');
    const state = unit.get('LoadState') === 'loaded' ? (isState(unit.get('ActiveState')) ? unit.get('ActiveState') as ServiceState : 'inactive') : 'absent';
    // of ssh and sshd the one that is there counts
    if (name !== undefined && (WATCHED_SERVICES as readonly string[]).includes(name) && (states.get(name) ?? 'absent') === 'absent') states.set(name, state);
    unit = new Map();
  };
  for (const line of lines) {
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(0, at));
    if (line.trim() === '' || unit.has(name)) close();
    if (at > 0) unit.set(name, line.slice(at + 1).trim());
  }
  close();
  return states.size === 0 ? undefined : Object.fromEntries(states);
};

export const parseReading = (text: string): Reading => {
  const facts = new Map<string, readonly string[]>();
  const [net, clock, services]: [string[], string[], string[]] = [[], [], []];
  const blocks = new Map([['net', net], ['clock', clock], ['services', services]]);
  let block: string[] | undefined;
  let cpus = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) {
      const [name = '', ...rest] = words(line.slice(1));
      block = blocks.get(name);
      if (!facts.has(`@${name}`)) facts.set(`@${name}`, rest);
    } else if (block) block.push(line);
    else {
      const [name = '', ...rest] = words(line);
      if (/^cpu\d/.test(name)) cpus += 1;
      if (!facts.has(name)) facts.set(name, rest);
    }
  }
  let rx = 0;
  let tx = 0;
  for (const line of net) {
    const at = line.indexOf(':');
    if (at < 0 || INNER.test(line.slice(0, at).trim())) continue;
    const columns = words(line.slice(at + 1));
    rx += number(columns[0]);
    tx += number(columns[8]);
  }
  const kib = (name: string): number => number(facts.get(name)?.[0]) * 1024;
  const load = facts.get('@loadavg');
  const total = kib('MemTotal:');
  const swap = kib('SwapTotal:');
  const states = servicesOf(services);
  const time = number(clock[0]);
  return {
    load1: number(load?.[0]),
    ...(load === undefined ? {} : { load5: number(load[1]), load15: number(load[2]) }),
    ...(cpus === 0 ? {} : { cpus }),
    memory_bytes: total,
    memory_used_bytes: Math.max(0, total - (facts.has('MemAvailable:') ? kib('MemAvailable:') : facts.has('MemFree:') ? kib('MemFree:') : total)),
    ...(facts.has('SwapTotal:') ? { swap_bytes: swap, swap_used_bytes: Math.max(0, swap - kib('SwapFree:')) } : {}),
    disk_bytes: number(facts.get('@disk')?.[0]) * 1024,
    disk_used_bytes: number(facts.get('@disk')?.[1]) * 1024,
    network_rx_bytes: rx,
    network_tx_bytes: tx,
    uptime_seconds: number(facts.get('@uptime')?.[0]),
    ...(states === undefined ? {} : { services: states }),
    ...(time === 0 ? {} : { clock: time }),
    counters: countersOf(facts.get('cpu') ?? []),
    complete: facts.has('@end'),
  };
};

/** Busy share of the time between two readings; without an earlier one, since the machine's start. */
export const cpuShare = (before: Counters | undefined, now: Counters): number => {
  const restarted = before !== undefined && now.total < before.total;
  const from = before === undefined || restarted ? { busy: 0, total: 0 } : before;
  const total = now.total - from.total;
  return total <= 0 ? 0 : Math.min(1, Math.max(0, (now.busy - from.busy) / total));
};

/** How far a clock that shows whole seconds is ahead, when it was read between two times of ours (ms); 0 where it may be right. */
export const clockOffset = (shown: number, sent: number, received: number): number => {
  const [earliest, latest] = [shown - received / 1_000, shown + 1 - sent / 1_000];
  return earliest <= 0 && latest >= 0 ? 0 : Math.round((earliest + latest) / 2);
};

export interface Taken { readonly sample: MetricsSample; readonly counters: Counters }

export interface HowToSample { /** ms */ readonly timeout: number; now(): Date; readonly signal: AbortSignal }

/** Undefined: the machine answered, and not as a POSIX shell does. @throws SshError */
export const takeSample = async (connection: SshConnection, before: Counters | undefined, { timeout, now, signal }: HowToSample): Promise<Taken | undefined> => {
  const sent = now();
  const started = performance.now();
  const { stdout } = await connection.script(SCRIPT, UNITS, { timeout, signal, maxOutput: MAX_OUTPUT });
  const latency = performance.now() - started;
  const { counters, clock, complete, ...reading } = parseReading(stdout);
  if (!complete) return undefined;
  const at = now();
  return {
    sample: {
      at: at.toISOString(), ...reading, cpu: Math.round(cpuShare(before, counters) * 1_000) / 1_000, latency_ms: Math.round(latency * 10) / 10,
      ...(clock === undefined ? {} : { clock_offset_seconds: clockOffset(clock, sent.getTime(), at.getTime()) }),
    },
    counters,
  };
};
