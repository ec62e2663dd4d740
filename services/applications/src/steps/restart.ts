import { rolloutRestart } from '../cluster/workloads.js';
import { inventory } from '../cluster/inventory.js';
import { limits, whoseOf, type StepContext } from './step.js';

const secretVersionOf = (values: Readonly<Record<string, unknown>>): string => (typeof values['secretVersion'] === 'string' ? values['secretVersion'] : '');
const sameSecrets = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean => [...new Set([...Object.keys(a), ...Object.keys(b)])].every(key => a[key] === b[key]);

/**
 * Pods read their Secret when they start. Charts of ours start them anew when the values say that it is another; where a password was changed between two
 * releases, or the chart is not ours, nothing in the values says so.
 */
export const restartForSecrets = async (context: StepContext): Promise<void> => {
  const [before, wanted] = await Promise.all([context.before(), context.wanted()]);
  if (before === null || sameSecrets(before.secrets, wanted.secrets) || secretVersionOf(before.values) !== secretVersionOf(wanted.values)) return;
  const cluster = await context.cluster();
  const { workloads } = await inventory(cluster, whoseOf(context), limits(context));
  for (const { workload } of workloads) await rolloutRestart(cluster, { namespace: context.application.namespace, workload }, limits(context));
};
