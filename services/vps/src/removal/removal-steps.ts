/** Taking a server away: each step looks first what is there, and the last look is the proof. */
import { Refusal } from '@xanthus/kernel';
import type { RemovalStep } from '@xanthus/proto/vps';
import { isProviderCode } from '../providers/provider.errors.js';
import { ourLabels, type Provider, type ProviderServer } from '../providers/provider.js';
import type { ProcessPorts, Subject } from '../provisioning/ports.js';
import { orderOf, providerKeyName } from '../provisioning/provider-steps.js';
import type { Run } from '../provisioning/provisioning.js';

/** `run`: how far its making came; undefined: not even begun. */
export interface RemovalContext extends Subject { readonly ports: ProcessPorts; readonly run: Run | undefined; readonly signal: AbortSignal }
/** Answers what came out, as a sentence. */
type RemovalWork = (context: RemovalContext) => Promise<string>;

/** Its making came to its end: which machine it is, is known. */
const isSettled = (run: Run | undefined): boolean => run !== undefined && (run.step === null || run.plan.kind === 'install');

/**
 * While it is made all that carry its labels, and the one that we were told, should somebody have taken its labels away. After that this one only: another with the same labels is a copy
 * that somebody made outside, and shows as drift.
 */
const machinesOf = async (provider: Provider, { tenant, id, run, machine, signal }: RemovalContext): Promise<readonly ProviderServer[]> => {
  const ref = run?.made.provider_ref ?? machine.provider_ref;
  if (ref !== undefined && isSettled(run)) {
    const ours = await provider.server(ref, signal);
    return ours ? [ours] : [];
  }
  const labelled = await provider.findServers(ourLabels(tenant, id), signal);
  const told = ref === undefined || labelled.some(s => s.ref === ref) ? undefined : await provider.server(ref, signal);
  return told ? [...labelled, told] : labelled;
};

const stop: RemovalWork = async ({ ports, id }) => {
  ports.drop(id);
  return 'Nothing is done on it any more.';
};

/** Nothing can be at the provider if nothing was ever asked of it. */
const isUntouched = ({ run, machine }: RemovalContext): boolean => machine.provider_ref === undefined && !run?.begun.includes('server');

const remove: RemovalWork = async context => {
  if (isUntouched(context)) return 'There was no machine yet.';
  const { ports, tenant, signal } = context;
  const provider = await ports.provider(tenant, orderOf(context).provider_id);
  const machines = await machinesOf(provider, context);
  for (const { ref, status } of machines) if (status !== 'deleting') await provider.awaitAction(await provider.deleteServer(ref, signal), signal);
  return machines.length === 0 ? 'There was no such machine any more.' : 'It is deleted.';
};

const LOOK_FIRST_MS = 500;
const LOOK_MOST_MS = 5_000;
/** An order whose answer was lost may still arrive; it is looked for once more after this. */
const LATE_MS = 5_000;

const seeGone: RemovalWork = async context => {
  if (isUntouched(context)) return 'There was no machine.';
  const { ports, tenant, run, signal } = context;
  const provider = await ports.provider(tenant, orderOf(context).provider_id);
  let late = run?.made.provider_ref === undefined;
  for (let ms = LOOK_FIRST_MS; ; ms = Math.min(LOOK_MOST_MS, ms * 1.5)) {
    signal.throwIfAborted();
    const left = await machinesOf(provider, context);
    if (left.length === 0 && !late) return `${provider.title} has no such machine any more.`;
    for (const { ref, status, locked } of left) if (status !== 'deleting' && !locked) await provider.deleteServer(ref, signal);
    if (left.length === 0) {
      late = false;
      await ports.pause(LATE_MS, signal);
    } else {
      await ports.pause(ms, signal);
    }
  }
};

const removeKey: RemovalWork = async context => {
  const { ports, tenant, id, run, signal } = context;
  if (!run?.begun.includes('key')) return 'There was no key yet.';
  const provider = await ports.provider(tenant, orderOf(context).provider_id).catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.code !== 'PROVIDER.NOT_CONNECTED' || !isUntouched(context)) throw error;
    return undefined;
  });
  // Disconnected in the moment of the order: who could say what is there is gone, and a key alone opens and costs nothing.
  if (!provider) return 'Its account is not connected any more.';
  // Its number may not have been noted: the same key is found by what it is. It is this server's own, so nobody else uses it.
  const ref = run.made.key_ref ?? (await provider.ensureSshKey({ name: providerKeyName(id), public_key: orderOf(context).public_key, labels: ourLabels(tenant, id) }, signal)).ref;
  await provider.removeSshKey(ref, signal);
  return 'Its key at the provider is removed.';
};

const destroySecrets: RemovalWork = async context => {
  const { ports, tenant, machine } = context;
  await ports.secrets.destroy(tenant, orderOf(context).host_key_secret);
  if (machine.credential.kind !== 'ssh_key') await ports.secrets.destroy(tenant, machine.credential.secret);
  return 'What could open it is destroyed.';
};

export const REMOVAL_WORK: Readonly<Record<RemovalStep, RemovalWork>> = { stop, delete: remove, gone: seeGone, key: removeKey, secrets: destroySecrets };

/** A removal that can't reach its account needs a person: the words say what to do. */
export const removalError = (error: unknown): unknown => (isProviderCode(error, 'KEY_REFUSED')
  ? new Refusal(error.code, `${error.message} Then delete the server again: until then it goes on costing money there.`, error.details) : error);
