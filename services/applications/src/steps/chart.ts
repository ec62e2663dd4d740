import { dryRunInstall } from '../cluster/helm.js';
import { valuesText } from '../catalog/index.js';
import type { Branch } from '../catalog/tree.js';
import type { SealedRelease } from '../running/ports.js';
import { limits, refOf, type Step, type StepContext } from './step.js';

/** Puts the packed chart where Helm runs, and takes it away again. */
export const withChart = async <T>(context: StepContext, { chart, values }: SealedRelease, work: (at: { readonly chart: string; readonly values: string }) => Promise<T>): Promise<T> => {
  const { bytes } = await context.ports.charts.get(chart, context.signal);
  const file = await (await context.cluster()).putFile(bytes, '.tgz', context.signal);
  try {
    return await work({ chart: file.path, values: valuesText(values as Branch) });
  } finally {
    // A server that is gone takes its temporary files along; nothing depends on it.
    await file.remove().catch((error: unknown) => context.ports.log.warn({ err: error }, 'a chart stays in the temporary folder of a server'));
  }
};

/** The chart is to be had. */
export const chart: Step = {
  async make(context) {
    const { chart: wanted } = await context.wanted();
    const { bytes, digest } = await context.ports.charts.get(wanted, context.signal);
    return { text: `${wanted.chart} ${wanted.version}, ${Math.ceil(bytes.length / 1024)} KiB, sha256 ${digest.slice(0, 12)}…` };
  },
};

/** The chart takes the values, and the cluster takes what comes of it; nothing is made yet. */
export const values: Step = {
  async make(context) {
    const wanted = await context.wanted();
    const { manifest } = await withChart(context, wanted, async at => dryRunInstall(await context.cluster(), { ...refOf(context), ...at }, limits(context)));
    return { text: `${manifest.split(/^---$/m).filter(d => d.trim() !== '').length} objects` };
  },
};
