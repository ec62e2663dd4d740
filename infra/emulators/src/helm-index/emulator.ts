import { createHash } from 'node:crypto';
import { serveRegistry, type Registry } from '../registry/serve.js';

export interface MuseumChart {
  readonly name: string;
  readonly version: string;
  readonly app_version?: string;
  readonly created?: string;
  readonly deprecated?: boolean;
  /** The packaged chart; without one only the index knows it. */
  readonly archive?: Buffer;
}

export interface HelmRepositoryEmulator extends Registry {
  /** What the repository holds, newest first. */
  publish(charts: readonly MuseumChart[]): void;
  /** The index is written as JSON, as some repositories do. */
  asJson(yes: boolean): void;
}

/** A Helm repository (helm.sh/docs/topics/chart_repository): `index.yaml` as `helm repo index` writes it, and the charts beside it. `helm` itself can install from it. */
export const startHelmRepository = async (): Promise<HelmRepositoryEmulator> => {
  let held: readonly MuseumChart[] = [];
  let json = false;
  const file = ({ name, version }: MuseumChart): string => `${name}-${version}.tgz`;
  const entryOf = (base: string, chart: MuseumChart) => ({
    apiVersion: 'v2', ...(chart.app_version !== undefined && { appVersion: chart.app_version }), created: chart.created ?? '2026-10-01T08:00:00.123456789Z', ...(chart.deprecated === true && { deprecated: true }), description: `The chart ${chart.name}: as it is`,
    digest: createHash('sha256').update(chart.archive ?? chart.version).digest('hex'), name: chart.name, type: 'application', urls: [`${base}/${file(chart)}`], version: chart.version,
  });
  const index = (base: string): string => {
    const names = [...new Set(held.map(c => c.name))].toSorted();
    const entries = Object.fromEntries(names.map(name => [name, held.filter(c => c.name === name).map(c => entryOf(base, c))]));
    if (json) return JSON.stringify({ apiVersion: 'v1', entries, generated: '2026-10-01T08:00:00Z' });
    const field = ([name, value]: [string, unknown]): string => (Array.isArray(value) ? `${name}:\n    - ${String(value[0])}` : `${name}: ${value === true || !/^[\d.]+$|: /.test(String(value)) ? String(value) : JSON.stringify(value)}`);
    return ['apiVersion: v1', 'entries:', ...names.flatMap(name => [`  ${name}:`, ...(entries[name] ?? []).flatMap(e => Object.entries(e).map((f, i) => `${i === 0 ? '  - ' : '    '}${field(f)}`))]), 'generated: "2026-10-01T08:00:00Z"', ''].join('\n');
  };
  const registry = await serveRegistry(({ path }) => {
    if (path.endsWith('/index.yaml')) return { status: 200, body: index(registry.url), headers: { 'content-type': 'text/yaml' } };
    const chart = held.find(c => `/${file(c)}` === path && c.archive !== undefined);
    return chart?.archive === undefined ? { status: 404, body: '404 page not found', headers: { 'content-type': 'text/plain' } } : { status: 200, body: chart.archive, headers: { 'content-type': 'application/gzip' } };
  });
  return { ...registry, publish: charts => { held = charts; }, asJson: yes => { json = yes; } };
};
