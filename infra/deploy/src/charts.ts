// oxlint-disable-next-line typescript/triple-slash-reference -- the only way to declare *.yaml for every program that imports this file
/// <reference path="./texts.d.ts" />
import appChart from '../charts/app/Chart.yaml';
import appHelpers from '../charts/app/templates/_helpers.tpl';
import appFiles from '../charts/app/templates/files.yaml';
import appIngress from '../charts/app/templates/ingress.yaml';
import appServiceAccounts from '../charts/app/templates/service-accounts.yaml';
import appServices from '../charts/app/templates/services.yaml';
import appVolumes from '../charts/app/templates/volumes.yaml';
import appWorkloads from '../charts/app/templates/workloads.yaml';
import appSchema from '../charts/app/values.schema.json' with { type: 'json' };
import appValues from '../charts/app/values.yaml';
import { chartArchive } from './chart-archive.js';

export { chartArchive };

/** A chart that Xanthus brings along. */
export interface LocalChart {
  readonly name: string;
  readonly version: string;
  /** JSON Schema of its values. */
  readonly schema: object;
  /** YAML of its presets. */
  readonly values: string;
  /** Path below the chart's folder to text. */
  readonly files: Readonly<Record<string, string>>;
}

const chart = (schema: object, files: Readonly<Record<string, string>>): LocalChart => {
  const named = (field: string): string => new RegExp(`^${field}: (\\S+)$`, 'm').exec(files['Chart.yaml'] ?? '')?.[1] ?? '';
  return { name: named('name'), version: named('version'), schema, values: files['values.yaml'] ?? '', files: { ...files, 'values.schema.json': `${JSON.stringify(schema, null, 2)}\n` } };
};

const CHARTS: readonly LocalChart[] = [
  chart(appSchema, {
    'Chart.yaml': appChart, 'values.yaml': appValues, 'templates/_helpers.tpl': appHelpers, 'templates/files.yaml': appFiles, 'templates/ingress.yaml': appIngress, 'templates/service-accounts.yaml': appServiceAccounts,
    'templates/services.yaml': appServices, 'templates/volumes.yaml': appVolumes, 'templates/workloads.yaml': appWorkloads,
  }),
];

/** The charts with the repository `local`. */
export const localCharts = (): readonly LocalChart[] => CHARTS;
export const localChart = (name: string): LocalChart | undefined => CHARTS.find(c => c.name === name);

/** A chart as `helm` takes it: a gzip'd tar, the same bytes each time. */
export const packChart = (of: LocalChart): Buffer => chartArchive(of.name, of.files);
