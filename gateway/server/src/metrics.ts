import { createMetrics, type Metrics } from '@xanthus/nest';
import { Counter, Gauge, Histogram } from 'prom-client';

/** What the gateway counts. Names and units as Prometheus likes them. */
export interface GatewayMetrics extends Metrics {
  frameIn(op: string): void;
  /** Time from a command frame to its answer, by code (`ok` for success). */
  command(code: string, ms: number): void;
  http(route: string, status: number, ms: number): void;
  closed(code: number): void;
  /** Something was refused or slowed down by a limit. */
  refused(limit: string): void;
  /** Something of before version 1 was spoken. */
  older(what: 'subscribe' | 'unsubscribe' | 'status' | 'terminal'): void;
}

export const gatewayMetrics = (now: { readonly connections: () => Readonly<Record<string, number>>; readonly subscriptions: () => number; readonly slow: () => number; readonly upstream: () => number }): GatewayMetrics => {
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
  const frames = new Counter({ name: 'xanthus_ws_frames_total', help: 'Frames from clients', labelNames: ['op'] as const, registers });
  const closes = new Counter({ name: 'xanthus_ws_closed_total', help: 'Closed connections by close code', labelNames: ['code'] as const, registers });
  const refusals = new Counter({ name: 'xanthus_ws_limited_total', help: 'What was refused or slowed down, by limit', labelNames: ['limit'] as const, registers });
  const older = new Counter({ name: 'xanthus_ws_older_total', help: 'Frames and addresses of before version 1, translated', labelNames: ['what'] as const, registers });
  const commands = new Histogram({ name: 'xanthus_ws_command_seconds', help: 'Time from a command frame to its answer', labelNames: ['code'] as const, buckets: seconds, registers });
  const http = new Histogram({ name: 'xanthus_http_seconds', help: 'Time to answer an HTTP request', labelNames: ['route', 'status'] as const, buckets: seconds, registers });
  return {
    ...metrics,
    frameIn: op => frames.inc({ op }),
    command: (code, ms) => commands.observe({ code }, ms / 1_000),
    http: (route, status, ms) => http.observe({ route, status: String(status) }, ms / 1_000),
    refused: limit => refusals.inc({ limit }),
    older: what => older.inc({ what }),
    closed: code => closes.inc({ code: String(code) }),
  };
};
