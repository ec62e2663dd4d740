import { z } from 'zod';
import { defineQuery, defineSignal, defineView } from '../contract.js';

/** Services that a sample tells about, where the machine runs systemd. `ssh` is also `sshd`. */
export const WATCHED_SERVICES = ['k3s', 'k3s-agent', 'ssh', 'systemd-resolved', 'systemd-timesyncd', 'chrony'] as const;
/** `absent`: not installed. What starts or stops now counts as what it was last known to become: active, inactive. */
export const SERVICE_STATES = ['active', 'failed', 'inactive', 'absent'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

const EXAMPLE_SAMPLE = {
  at: '2026-11-21T08:00:10.000Z', load1: 0.25, cpu: 0.07, memory_used_bytes: 812_000_000, memory_bytes: 4_100_000_000, disk_used_bytes: 6_000_000_000, disk_bytes: 40_000_000_000,
  network_rx_bytes: 120_000, network_tx_bytes: 80_000, uptime_seconds: 86_400, latency_ms: 12,
} as const;

/** One sample. Load is the 1-minute average; fractions are 0–1; times in seconds; network counts bytes since the machine's start. What a machine does not tell is 0, or absent where it is optional. */
export const metricsSample = z.object({
  at: z.iso.datetime(),
  load1: z.number().min(0),
  load5: z.number().min(0).optional(),
  load15: z.number().min(0).optional(),
  cpus: z.int().min(0).optional(),
  cpu: z.number().min(0).max(1),
  memory_used_bytes: z.number().min(0),
  memory_bytes: z.number().min(0),
  swap_used_bytes: z.number().min(0).optional(),
  swap_bytes: z.number().min(0).optional(),
  disk_used_bytes: z.number().min(0),
  disk_bytes: z.number().min(0),
  network_rx_bytes: z.number().min(0),
  network_tx_bytes: z.number().min(0),
  uptime_seconds: z.number().min(0),
  /** Round trip of the sample over SSH, ms. */
  latency_ms: z.number().min(0),
  /** How far the machine's clock is ahead of ours (negative: behind), as exact as a second and half the round trip. */
  clock_offset_seconds: z.number().optional(),
  /** By name of `WATCHED_SERVICES`; without systemd absent as a whole. */
  services: z.record(z.string(), z.enum(SERVICE_STATES)).optional(),
});
export type MetricsSample = z.infer<typeof metricsSample>;

export const metricsView = defineView({
  service: 'vps', view: 'metrics', schema: 1, no_past: 'The last sample of a server is no event. What it measured at another time is in its series: the charts of the server show it.',
  summary: 'The last sample of each server; the series is in the stream VPS_METRICS under met.<tenant>.vps.<server>.',
  data: metricsSample,
  example: {
    ...EXAMPLE_SAMPLE, load5: 0.2, load15: 0.1, cpus: 2, swap_used_bytes: 0, swap_bytes: 1_000_000_000, clock_offset_seconds: 0, services: { k3s: 'active', ssh: 'active', 'systemd-resolved': 'inactive', chrony: 'absent' },
  },
});

/** The subject is `sig.<tenant>.vps.server.<id>.<what>`. */
export const metricsSignal = defineSignal({
  service: 'vps', aggregate: 'server', what: 'metrics', summary: 'A sample of a server, as it is taken. The same goes to the stream VPS_METRICS.', data: metricsSample, example: metricsView.example,
});

/** What a series shows over time. Fractions 0–1 (cpu, memory, disk, swap), load as it is, rx and tx in bytes per second, latency in ms. */
export const SERIES_FIELDS = ['cpu', 'load', 'memory', 'disk', 'swap', 'rx', 'tx', 'latency'] as const;
export type SeriesField = (typeof SERIES_FIELDS)[number];

/** Spans that are kept: how long, and how far its points are apart. An hour is the samples themselves. */
export const SERIES_SPANS = {
  '1h': { seconds: 3_600, step: 10 },
  '24h': { seconds: 86_400, step: 60 },
  '30d': { seconds: 30 * 86_400, step: 900 },
} as const;
export type SeriesSpan = keyof typeof SERIES_SPANS;

/** `null`: nothing is known of that point; rx and tx after a gap or a restart of the machine. */
const numbers = z.array(z.number().nullable());
const column = z.object({ min: numbers, avg: numbers, max: numbers });

export const seriesAnswer = z.object({
  span: z.enum(['1h', '24h', '30d']),
  /** Seconds between two points; where none was taken there is none. */
  step: z.number(),
  /** Beginning of each point, seconds since 1970, ascending. The columns below have as many values. */
  at: z.array(z.number()),
  /** The newest known sizes, for fractions as bytes; 0 when there is no point. */
  memory_bytes: z.number(), disk_bytes: z.number(),
  fields: z.object({ cpu: column, load: column, memory: column, disk: column, swap: column, rx: column, tx: column, latency: column }),
});
export type MetricsSeries = z.infer<typeof seriesAnswer>;

export const metricsSeries = defineQuery({
  service: 'vps', question: 'series', on: 'id',
  summary: 'The course of a server\'s metrics over an hour (every 10 s), a day (every minute) or 30 days (every 15 minutes); least, average and greatest of each point..',
  input: z.object({ span: z.enum(['1h', '24h', '30d']).default('1h') }), output: seriesAnswer, example: { span: '24h' }, errors: ['SERVER.NOT_FOUND'],
});
