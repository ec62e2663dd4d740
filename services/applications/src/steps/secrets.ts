import { Refusal } from '@xanthus/kernel';
import type { MadeObject } from '@xanthus/proto/applications';
import { applyObjects, deleteObjects, isForeign } from '../cluster/objects.js';
import { restartForSecrets } from './restart.js';
import { limits, madeOf, nothing, ownerOf, type Step, type StepContext, type StepDone } from './step.js';
import type { SealedRelease } from '../running/ports.js';

const secretOf = (namespace: string, name: string): MadeObject => ({ sort: 'secret', kind: 'Secret', namespace, name, ref: null });

/** Makes the Secret of a release what it is to be. */
export const applySecret = async (context: StepContext, { secret_name, secrets }: SealedRelease): Promise<StepDone> => {
  const { namespace } = context.application;
  if (Object.keys(secrets).length === 0) return madeOf(context, 'secret').some(m => m.name === secret_name) ? remove(context, secret_name) : nothing('It needs no secrets.');
  // One of ours keeps its name in the account, even where somebody took its marks away.
  const known = madeOf(context, 'secret').some(m => m.name === secret_name);
  if (!known && await isForeign(await context.cluster(), { kind: 'Secret', name: secret_name, namespace }, limits(context))) throw new Refusal('CHART.NOT_OURS', `There is a Secret ${secret_name} in ${namespace} already that is not of this application. Remove it there, or choose another subdomain.`);
  await applyObjects(await context.cluster(), [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: secret_name, namespace }, type: 'Opaque', data: Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, Buffer.from(value).toString('base64')])) }], ownerOf(context), limits(context));
  return { made: [secretOf(namespace, secret_name)] };
};
const remove = async (context: StepContext, name: string): Promise<StepDone> => {
  const { namespace } = context.application;
  const known = madeOf(context, 'secret').some(m => m.name === name);
  if (!known && await isForeign(await context.cluster(), { kind: 'Secret', name, namespace }, limits(context))) return {};
  await deleteObjects(await context.cluster(), [{ kind: 'Secret', name, namespace }], limits(context));
  return { gone: [secretOf(namespace, name)] };
};

/** The Secret that the pods take their passwords from. The values come out of the vault and go in by stdin. */
export const secrets: Step = {
  make: async context => applySecret(context, await context.wanted()),
  async back(context) {
    const before = await context.before();
    if (!before) return remove(context, (await context.wanted()).secret_name);
    const done = await applySecret(context, before);
    if (context.deployment.begun.includes('helm')) await restartForSecrets(context);
    return done;
  },
};

export const secretsGone: Step = {
  async make(context) {
    const ours = madeOf(context, 'secret');
    if (ours.length === 0) return nothing('It had no secrets.');
    await deleteObjects(await context.cluster(), ours.map(({ kind, name, namespace }) => ({ kind, name, namespace: namespace ?? undefined })), limits(context));
    return { gone: ours };
  },
};
