/** One sample of a machine: a fixed script over SSH, and the arithmetic on what it printed. */
import type { MetricsSample } from '@xanthus/proto/vps';
import type { SshConnection } from '@xanthus/ssh';
import { number } from './remote-text.js';

const SCRIPT = `
echo @stat; head -n 1 /proc/stat
echo @loadavg; cat /proc/loadavg
echo @uptime; cat /proc/uptime
echo @meminfo; grep -E '^(MemTotal|MemAvailable|MemFree):' /proc/meminfo
echo @disk; df -kP / | tail -n 1
echo @net; cat /proc/net/dev
true
`;
const TIMEOUT = 8_000;

/** Counters since the machine's start; their growth makes the rates of the next sample. */
export interface Counters { readonly busy: number; readonly total: number }
export interface Reading extends Omit<MetricsSample, 'at' | 'cpu' | 'latency_ms'> { readonly counters: Counters }

const sections = (text: string): ReadonlyMap<string, readonly string[]> => {
  const table = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) table.set(line.slice(1), current = []);
    else if (line.trim() !== '') current.push(line.trim());
  }
  return table;
};

const words = (line: string | undefined): readonly string[] => (line ?? '').split(/\s+/);

/** Fields of /proc/stat: user nice system idle iowait irq softirq steal (guest is part of user). */
const counters = (line: string | undefined): Counters => {
  const [, ...ticks] = words(line);
  const values = ticks.slice(0, 8).map(number);
  const total = values.reduce((sum, v) => sum + v, 0);
  return { total, busy: total - (values[3] ?? 0) - (values[4] ?? 0) };
};

/** Received and sent bytes over all interfaces but loopback. */
const traffic = (lines: readonly string[]): { rx: number; tx: number } => {
  let rx = 0;
  let tx = 0;
  for (const line of lines) {
    const [name, rest] = line.split(':');
    if (rest === undefined || name?.trim() === 'lo') continue;
    const columns = words(rest.trim());
    rx += number(columns[0]);
    tx += number(columns[8]);
  }
  return { rx, tx };
};

export const parseReading = (text: string): Reading => {
  const table = sections(text);
  const memory = new Map((table.get('meminfo') ?? []).map(line => [line.split(':')[0], number(words(line)[1]) * 1024]));
  const total = memory.get('MemTotal') ?? 0;
  const disk = words(table.get('disk')?.[0]);
  const { rx, tx } = traffic(table.get('net') ?? []);
  return {
    load1: number(words(table.get('loadavg')?.[0])[0]),
    memory_bytes: total,
    memory_used_bytes: Math.max(0, total - (memory.get('MemAvailable') ?? memory.get('MemFree') ?? total)),
    disk_bytes: number(disk[1]) * 1024,
    disk_used_bytes: number(disk[2]) * 1024,
    network_rx_bytes: rx,
    network_tx_bytes: tx,
    uptime_seconds: number(words(table.get('uptime')?.[0])[0]),
    counters: counters(table.get('stat')?.[0]),
  };
};

/** Busy share of the time between two readings; without an earlier one, since the machine's start. */
export const cpuShare = (before: Counters | undefined, now: Counters): number => {
  const restarted = before !== undefined && now.total < before.total;
  const from = before === undefined || restarted ? { busy: 0, total: 0 } : before;
  const total = now.total - from.total;
  return total <= 0 ? 0 : Math.min(1, Math.max(0, (now.busy - from.busy) / total));
};

export const takeSample = async (connection: SshConnection, before: Counters | undefined, now: () => Date, signal: AbortSignal): Promise<{ sample: MetricsSample; counters: Counters }> => {
  const started = performance.now();
  const { stdout } = await connection.script(SCRIPT, [], { timeout: TIMEOUT, signal, maxOutput: 64 * 1024 });
  const latency = performance.now() - started;
  const { counters: current, ...reading } = parseReading(stdout);
  return { sample: { at: now().toISOString(), ...reading, cpu: Math.round(cpuShare(before, current) * 1_000) / 1_000, latency_ms: Math.round(latency * 10) / 10 }, counters: current };
};
