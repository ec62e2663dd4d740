import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  /** Seconds per request at a door, by what was asked and the code of the answer (`ok` for success). */
  readonly doors: Histogram<'door' | 'code'>;
  readonly inFlight: Gauge;
  /** Prometheus text. */
  text(): Promise<string>;
}

/** `process: true` adds memory, CPU and event loop; once per process is enough. */
export const createMetrics = (options: { service: string; process?: boolean }): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  if (options.process === true) collectDefaultMetrics({ register: registry });
  const doors = new Histogram({
    name: 'xanthus_door_seconds', help: 'Time from a request to its answer', labelNames: ['door', 'code'] as const, registers: [registry],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const inFlight = new Gauge({ name: 'xanthus_doors_in_flight', help: 'Requests being answered', registers: [registry] });
  return { registry, doors, inFlight, text: () => registry.metrics() };
};
