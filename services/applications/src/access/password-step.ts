/** Makes a new password the application's: in its Secret, or as a hash where it keeps one. */
import { Refusal } from '@xanthus/kernel';
import type { EntryAccess } from '@xanthus/proto/applications';
import { patchSecret, readSecret } from '../cluster/objects.js';
import type { SealedRelease } from '../running/ports.js';
import { applySecret } from '../steps/secrets.js';
import { current, limits, type Step, type StepContext, type StepDone } from '../steps/step.js';
import { namedAt, passwordWay } from './passwords.js';
import { isHashOf, SECRET_TOOLS } from './secret-tools.js';

/** A Secret of the application itself. @throws Refusal CLUSTER.NOT_FOUND */
const secretOfIts = async (context: StepContext, template: string, release: SealedRelease): Promise<{ readonly at: { readonly namespace: string; readonly name: string }; readonly keys: ReadonlyMap<string, string> }> => {
  const { namespace } = context.application;
  const at = { namespace, name: namedAt(template, context.application, release) };
  const keys = await readSecret(await context.cluster(), at, limits(context));
  if (!keys) throw new Refusal('CLUSTER.NOT_FOUND', `There is no Secret ${at.name} in ${namespace}, where the application keeps its password. Is it running?`, undefined, true);
  return { at, keys };
};

const asHash = async (context: StepContext, access: Extract<EntryAccess, { kind: 'bcrypt' }>, release: SealedRelease, password: string): Promise<StepDone> => {
  const { at, keys } = await secretOfIts(context, access.secret, release);
  // Whoever reads it tells by the hash whether it counts already.
  await context.ports.sealed.keepAccess(context.tenant, context.deployment.application, password);
  if (!await isHashOf(password, keys.get(access.key))) {
    const changed = access.changed_key === undefined ? {} : { [access.changed_key]: new Date(context.ports.now()).toISOString().replace(/\.\d+Z$/, 'Z') };
    await patchSecret(await context.cluster(), at, { [access.key]: await SECRET_TOOLS.bcrypt(password), ...changed }, limits(context));
  }
  return { text: `Its hash is in ${at.name}.` };
};

const asOther = async (context: StepContext, { secret, key }: Extract<EntryAccess, { kind: 'password' }>, release: SealedRelease, password: string): Promise<StepDone> => {
  const { at, keys } = await secretOfIts(context, secret, release);
  if (keys.get(key) !== password) await patchSecret(await context.cluster(), at, { [key]: password }, limits(context));
  return { text: `It is in ${at.name}.` };
};

/** The release in the vault first: whatever comes after, a later release brings the new one. Nothing is taken back: going on is all that makes sense. */
const inRelease = async (context: StepContext, release: SealedRelease): Promise<StepDone> => {
  const { ports, tenant, deployment, application } = context;
  const revision = current(application)?.revision;
  if (revision !== undefined) await ports.sealed.putSecrets(tenant, deployment.application, revision, release.secrets);
  return applySecret(context, release);
};

/** Of work `password`. */
export const passwordSet: Step = {
  async make(context) {
    const password = await context.ports.sealed.passwordOf(context.tenant, context.id);
    if (password === null) throw new Refusal('APPLICATION.PASSWORD_GONE', 'The new password is not kept any more. Change it once more.');
    const release = await context.wanted();
    const { access } = release.entry;
    if (access.kind === 'bcrypt') return asHash(context, access, release, password);
    if (access.kind === 'password' && passwordWay(release.entry).way === 'other') return asOther(context, access, release, password);
    return inRelease(context, release);
  },
};
