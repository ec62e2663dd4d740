import type { Load } from './connection/hub.js';
import { createMetrics, type Metrics } from '@xanthus/nest';
import { Counter, Gauge, Histogram } from 'prom-client';

/** What the gateway counts. Names and units as Prometheus likes them. */
export interface GatewayMetrics extends Metrics {
  frameIn(op: string): void;
  /** Time from a command frame to its answer, by what was asked and code (`ok` for success). */
  command(family: string, code: string, ms: number): void;
  http(route: string, status: number, ms: number): void;
  closed(code: number): void;
  /** A subscription began. */
  began(status: string, reason?: string): void;
  /** Something was refused or slowed down by a limit. */
  refused(limit: string): void;
  /** Something of before version 1 was spoken. */
  older(what: 'subscribe' | 'unsubscribe' | 'status' | 'terminal'): void;
}

/** What is read when somebody asks for the metrics. */
export interface Gauges {
  connections(): Readonly<Record<string, number>>;
  subscriptions(): number;
  slow(): number;
  upstream(): number;
  load(): Load;
  /** Since the last news of rights, ms. */
  rightsAge(): number;
  draining(): number;
}

export const gatewayMetrics = (now: Gauges): GatewayMetrics => {
  const metrics = createMetrics({ service: 'gateway', process: true });
  const registers = [metrics.registry];
  const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
  const gauge = (name: string, help: string, read: () => number): void => void new Gauge({ name, help, registers, collect() { this.set(read()); } });
  void new Gauge({
    name: 'xanthus_ws_connections', help: 'WebSocket connections by state', labelNames: ['state'] as const, registers,
    collect() { for (const [state, n] of Object.entries(now.connections())) this.set({ state }, n); },
  });
  gauge('xanthus_ws_subscriptions', 'Subscriptions of all connections', now.subscriptions);
  gauge('xanthus_ws_upstream', 'Shared subscriptions, tails and mirrors towards NATS', now.upstream);
  gauge('xanthus_ws_slow_total', 'Connections closed because they did not keep up', now.slow);
  gauge('xanthus_ws_queue_bytes', 'Bytes queued for all connections', () => now.load().queued);
  gauge('xanthus_ws_queue_bytes_max', 'Bytes queued for the connection with most', () => now.load().longest);
  gauge('xanthus_ws_catching_up', 'Subscriptions that are behind their head', () => now.load().behind);
  gauge('xanthus_ws_catch_up_lag_max', 'Sequences that the subscription furthest behind is from its head', () => now.load().lag);
  gauge('xanthus_ws_rights_age_seconds', 'Since auth last gave a sign of life; from 10 s on everything is refused', () => now.rightsAge() / 1_000);
  gauge('xanthus_ws_draining', 'Clients that were told to leave and have not come to their slot', now.draining);
  const began = new Counter({ name: 'xanthus_ws_subscribed_total', help: 'Subscriptions by how they began: subscribed, resumed, or reset with a reason', labelNames: ['status', 'reason'] as const, registers });
  const frames = new Counter({ name: 'xanthus_ws_frames_total', help: 'Frames from clients', labelNames: ['op'] as const, registers });
  const closes = new Counter({ name: 'xanthus_ws_closed_total', help: 'Closed connections by close code', labelNames: ['code'] as const, registers });
  const refusals = new Counter({ name: 'xanthus_ws_limited_total', help: 'What was refused or slowed down, by limit', labelNames: ['limit'] as const, registers });
  const older = new Counter({ name: 'xanthus_ws_older_total', help: 'Frames and addresses of before version 1, translated', labelNames: ['what'] as const, registers });
  const commands = new Histogram({ name: 'xanthus_ws_command_seconds', help: 'Time from a command frame to its answer', labelNames: ['family', 'code'] as const, buckets: seconds, registers });
  const http = new Histogram({ name: 'xanthus_http_seconds', help: 'Time to answer an HTTP request', labelNames: ['route', 'status'] as const, buckets: seconds, registers });
  return {
    ...metrics,
    frameIn: op => frames.inc({ op }),
    command: (family, code, ms) => commands.observe({ family, code }, ms / 1_000),
    http: (route, status, ms) => http.observe({ route, status: String(status) }, ms / 1_000),
    began: (status, reason = 'none') => began.inc({ status, reason }),
    refused: limit => refusals.inc({ limit }),
    older: what => older.inc({ what }),
    closed: code => closes.inc({ code: String(code) }),
  };
};
