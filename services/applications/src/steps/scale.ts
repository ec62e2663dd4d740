import { Refusal } from '@xanthus/kernel';
import { filledName, secretNameOf } from '../catalog/index.js';
import { applicationType } from '../application/application.decide.js';
import { inventory, type Workload } from '../cluster/inventory.js';
import { rolloutRestart, scale } from '../cluster/workloads.js';
import { podsText, whyNotReady } from './not-ready.js';
import { limits, refOf, whoseOf, type Step, type StepContext, type StepDone } from './step.js';

const workloadsOf = async (context: StepContext): Promise<readonly Workload[]> => (await inventory(await context.cluster(), whoseOf(context), limits(context))).workloads;
const canScale = ({ workload }: Workload): boolean => !workload.startsWith('DaemonSet/');

/** Noted before it is done: who is killed in between does it again, and knows what there was. */
const setReplicas = async (context: StepContext, { workload, wanted }: Workload, to: number): Promise<void> => {
  if (wanted === to) return;
  await context.ports.handle(applicationType, context.tenant, context.deployment.application, { type: 'NoteScaled', deployment: context.id, workload, from: wanted, to });
  await scale(await context.cluster(), { namespace: context.application.namespace, workload, replicas: to }, limits(context));
};

const restart = async (context: StepContext, only?: string): Promise<StepDone> => {
  const all = await workloadsOf(context);
  const those = only === undefined ? all : all.filter(w => w.workload.split('/')[1] === only);
  if (those.length === 0) throw new Refusal('APPLICATION.WORKLOAD_UNKNOWN', 'There is nothing of it to restart.');
  for (const { workload } of those) await rolloutRestart(await context.cluster(), { namespace: context.application.namespace, workload }, limits(context));
  return { text: those.map(w => w.workload).join(', ') };
};

export const scaled: Step = {
  async make(context) {
    const { deployment: { kind, with: more }, application } = context;
    switch (kind) {
      case 'restart': return restart(context);
      case 'password': {
        const { entry } = await context.wanted();
        if (entry.access.kind !== 'password' || entry.access.change !== 'restart') return { skipped: true };
        const { namespace, release } = refOf(context);
        return restart(context, filledName(entry.access.workload, { release_name: release, namespace, secret_name: secretNameOf(release) }));
      }
      case 'stop': {
        for (const w of (await workloadsOf(context)).filter(canScale)) await setReplicas(context, w, 0);
        return {};
      }
      case 'start': {
        // Noted by who was killed then; what had none before the stop, by its chart, gets none.
        for (const w of (await workloadsOf(context)).filter(canScale)) if (w.wanted === 0) await setReplicas(context, w, application.stopped[w.workload] ?? application.scaled[w.workload] ?? 0);
        return {};
      }
      default: {
        const workload = (await workloadsOf(context)).find(w => w.workload === more['workload'] && canScale(w));
        if (!workload) throw new Refusal('APPLICATION.WORKLOAD_UNKNOWN', `There is no ${String(more['workload'])} that can be scaled.`);
        await setReplicas(context, workload, Number(more['replicas']));
        return {};
      }
    }
  },
};

const POLL = 1_500;
/** Everything is as it should be: as many pods ready as are wanted, of the newest description. */
export const settled: Step = {
  async make(context) {
    const until = context.ports.now() + context.time - 10_000;
    for (;;) {
      const now = await inventory(await context.cluster(), whoseOf(context), limits(context));
      const open = now.workloads.filter(w => w.ready !== w.wanted || !w.settled);
      if (open.length === 0) return { text: podsText(now) };
      if (context.ports.now() > until) {
        const why = whyNotReady(now);
        throw new Refusal(why?.code ?? 'CHART.NOT_READY', why?.message ?? 'Not everything of it became ready in time.');
      }
      context.progress(podsText(now));
      await context.ports.pause(POLL, context.signal);
      context.signal.throwIfAborted();
    }
  },
};
