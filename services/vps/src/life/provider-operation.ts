/** One long work at a provider, from wherever it stands: what is done already is seen, not done again. */
import { Refusal } from '@xanthus/kernel';
import { POWER_OF, type PowerCommand } from '@xanthus/proto/vps';
import { ourLabels, type ActionRef, type Labels, type ProviderServer, type ProviderSnapshot } from '../providers/provider.js';
import type { Operation } from '../server/life-state.js';
import type { AtProvider } from './at-provider.js';

/** What an earlier run wrote down, and how this one does. */
export interface Work {
  readonly tenant: string;
  readonly server: string;
  readonly operation: Operation;
  readonly signal: AbortSignal;
  /** How long something is waited for between two looks, ms. */
  readonly pace: number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** What a machine that is made anew is told when it first starts: its keys, so that it is ours again. Undefined: what it was told before. */
  userData(): Promise<string | undefined>;
  note(news: { readonly asked?: boolean; readonly action?: string; readonly percent?: number; readonly text?: string; readonly boot?: string }): Promise<void>;
}
export interface Outcome { readonly snapshot?: { readonly id: string; readonly size_bytes?: number } }

/** A machine that was told to shut down may not care. */
const SHUTDOWN_LOOKS = 60;

const gone = (): Refusal => new Refusal('PROVIDER.NOT_FOUND', 'The machine is not at its provider any more. Look there whether somebody deleted it.');
const locked = (): Refusal => new Refusal('PROVIDER.LOCKED', 'Its provider is busy with this machine; it is tried again.', undefined, true);

const markOf = ({ tenant, server, operation }: Work): Labels => ({ ...ourLabels(tenant, server), xanthus_operation: operation.id });

const look = async ({ provider, ref }: AtProvider, { signal }: Work): Promise<ProviderServer> => {
  const machine = await provider.server(ref, signal);
  if (!machine) throw gone();
  return machine;
};

/** Of a snapshot that was asked for, if it is there: found by its label, whoever was told of it. */
const snapshotMade = async ({ provider }: AtProvider, work: Work): Promise<ProviderSnapshot | undefined> => (await provider.snapshots(markOf(work), work.signal))[0];

/** Is it as it shall be? Undefined: it cannot be told from outside, as after a reboot. */
const isDone = async (at: AtProvider, work: Work): Promise<boolean | undefined> => {
  const { kind, wish } = work.operation;
  switch (kind) {
    case 'power-on': return (await look(at, work)).status === 'running';
    case 'power-off': case 'shutdown': return (await look(at, work)).status === 'off';
    case 'resize': return (await look(at, work)).type === wish.type;
    case 'create-snapshot': return (await snapshotMade(at, work))?.ready === true;
    case 'delete-snapshot': return !(await at.provider.snapshots(ourLabels(work.tenant, work.server), work.signal)).some(s => s.ref === wish.snapshot);
    case 'reboot': case 'reset': case 'rebuild': return undefined;
  }
};

const ask = async ({ provider, ref }: AtProvider, work: Work): Promise<ActionRef> => {
  const { operation: { kind, wish }, signal } = work;
  switch (kind) {
    case 'resize': return provider.resize(ref, { type: wish.type ?? '', grow_disk: wish.grow_disk === true }, signal);
    case 'rebuild': {
      const user_data = await work.userData();
      return provider.rebuild(ref, { image: wish.image ?? '', ...(user_data === undefined ? {} : { user_data }) }, signal);
    }
    case 'create-snapshot': return (await provider.snapshot(ref, { description: wish.description ?? '', labels: markOf(work) }, signal)).action;
    case 'delete-snapshot':
      await provider.deleteSnapshot(wish.snapshot ?? '', signal);
      return null;
    default: return provider.power(ref, POWER_OF[kind as PowerCommand], signal);
  }
};

/** Rarely told: each is an event. */
const follow = async ({ provider }: AtProvider, action: string, work: Work): Promise<void> => {
  let told = work.operation.percent ?? 0;
  const notes: Promise<void>[] = [];
  await provider.awaitAction(action, work.signal, ({ percent }) => {
    if (percent < told + 20 || percent >= 100) return;
    told = percent;
    notes.push(work.note({ percent }));
  });
  await Promise.all(notes);
};

/** Answers whether there was something to wait for. */
const waitUnlocked = async (at: AtProvider, work: Work): Promise<boolean> => {
  for (let looks = 0; ; looks++) {
    if (!(await look(at, work)).locked) return looks > 0;
    // Each look is a call of a budget that all share.
    await rest(work, Math.min(looks + 1, 15));
  }
};

const rest = async ({ pause, pace, signal }: Work, times = 1): Promise<void> => {
  await pause(pace * times, signal);
  signal.throwIfAborted();
};

const finished = async (at: AtProvider, work: Work): Promise<Outcome> => {
  const { kind } = work.operation;
  for (let looks = 0; await isDone(at, work) === false; looks++) {
    if (kind === 'shutdown' && looks >= SHUTDOWN_LOOKS) throw new Refusal('SERVER.DID_NOT_SHUT_DOWN', 'It was told to shut down but still runs. Try again, or cut its power.', undefined, true);
    if (kind !== 'shutdown' && looks >= 3) throw new Refusal('PROVIDER.ACTION_FAILED', 'Its provider says that it is done, but the machine is not as it should be. Look at it in the provider\'s console.');
    await rest(work);
  }
  if (kind !== 'create-snapshot') return {};
  const made = await snapshotMade(at, work);
  return made ? { snapshot: { id: made.ref, ...(made.size_bytes === null ? {} : { size_bytes: made.size_bytes }) } } : {};
};

/** @throws Refusal PROVIDER.…; a retryable one means: once more from here, with what was noted */
export const workAtProvider = async (at: AtProvider, work: Work): Promise<Outcome> => {
  const { operation } = work;
  if (operation.action !== undefined) {
    await follow(at, operation.action, work).catch((error: unknown) => {
      // Providers forget old actions; then the machine itself tells.
      if (!(error instanceof Refusal) || error.code !== 'PROVIDER.NOT_FOUND') throw error;
    });
    await waitUnlocked(at, work);
    return finished(at, work);
  }
  // Asked, and nobody knows whether it was heard: what was seen to run was that; else it is asked again, which does no more harm than the first time.
  const ran = operation.asked === true && await waitUnlocked(at, work);
  const done = await isDone(at, work);
  if (done === true || (ran && done === undefined)) return finished(at, work);
  if (operation.kind === 'create-snapshot' && await snapshotMade(at, work)) {
    await waitUnlocked(at, work);
    return finished(at, work);
  }
  if ((await look(at, work)).locked) throw locked();
  await work.note({ asked: true });
  const action = await ask(at, work);
  if (action !== null) {
    await work.note({ action });
    await follow(at, action, work);
  }
  return finished(at, work);
};
