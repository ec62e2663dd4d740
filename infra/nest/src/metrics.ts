import type { Registry } from 'prom-client';

export interface Metrics { readonly registry: Registry; /** Prometheus text. */ text(): Promise<string> }

export const createMetrics = (_options: { service: string }): Metrics => {
  throw new Error('being written');
};
