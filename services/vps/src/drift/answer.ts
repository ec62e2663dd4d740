/** A person's answer to a finding, carried out. What failed is noted with the finding, which stays open. */
import { earlierTry, handle, newId, readState, Refusal, writtenBy, type CommandContext } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { ParsedInputOf, Written } from '@xanthus/proto';
import { serverName, type acceptDrift as acceptContract, type DriftAnswer, type ignoreDrift as ignoreContract, type OperationKind, type PowerState, type revertDrift as revertContract } from '@xanthus/proto/vps';
import { nameKey } from '@xanthus/vault';
import { ourLabels, type Provider, type ProviderServer } from '../providers/provider.js';
import { subjectOf, type LifeCommand } from '../server/decide-life.js';
import { serverType } from '../server/server.decide.js';
import { nameTaken, notFound } from '../server/server.errors.js';
import { isLive, type LiveServer } from '../server/server.js';
import type { ServerRow } from '../views/servers.js';
import type { VpsContext } from '../vps.context.js';
import { foreignLabels, isOurs } from './compare.js';
import { answered, driftType } from './drift.decide.js';
import { driftChanged, driftNotFound, driftNotPossible, nameNotConfirmed, snapshotNotFound } from './drift.errors.js';
import type { DriftSubject, OpenFinding } from './drift.js';
import { isLeft, keptOf, snapshotName } from './left-snapshots.js';

interface Matter { readonly vps: VpsContext; readonly call: Call; readonly subject: DriftSubject; readonly finding: OpenFinding }

const providerOf = ({ vps, call, subject }: Matter): Promise<Provider> => vps.providers.of(call.tenant, subject.provider_id);
/** The command, at the server. */
const at = ({ call, subject }: Matter) => ({ ...call.context(), id: subject.server ?? call.id });
/** Another step on the same aggregate: a command id stands for one decision. */
const further = (context: CommandContext): CommandContext => ({ ...context, command_id: newId() });
const serverOf = async ({ vps, call, subject }: Matter): Promise<LiveServer> => {
  const state = subject.server === null ? undefined : await readState(vps, serverType, call.tenant, subject.server);
  if (!state || !isLive(state)) throw notFound();
  return state;
};
const observe = (matter: Matter, data: Extract<LifeCommand, { type: 'ObserveLife' }>['data']): Promise<unknown> => handle(matter.vps, serverType, further(at(matter)), { type: 'ObserveLife', data });

/** Refuses while our own work would contradict it. */
const notBusy = (server: LiveServer): void => {
  if (server.machine.operation) throw new Refusal('SERVER.BUSY', 'Something else is being done to this server. Try again when that has ended.', undefined, true);
};

const machineOf = async (matter: Matter, provider: Provider): Promise<ProviderServer | undefined> => {
  const machine = await provider.server(matter.subject.provider_ref, matter.call.signal);
  return machine?.status === 'deleting' ? undefined : machine;
};

const takeName = async (matter: Matter, name: string): Promise<void> => {
  const parsed = serverName.safeParse(name);
  if (!parsed.success) throw driftNotPossible(`A server here can't be called ${name.slice(0, 80)}: a name has ${parsed.error.issues[0]?.message ?? 'another form'}. Rename it back at the provider.`);
  const claim = { kind: 'server-name', key: await nameKey(matter.vps, matter.call.tenant, name), taken: nameTaken(name) };
  await handle(matter.vps, serverType, at(matter), { type: 'Rename', data: { name } }, [claim]);
};

/** The machine is gone: what is left of it goes the way of every removal, which sees that there is nothing to delete. */
const markGone = async (matter: Matter): Promise<void> => {
  const { machine } = await serverOf(matter);
  const there = await machineOf(matter, await providerOf(matter));
  if (there) throw driftChanged(there.name);
  await handle(matter.vps, serverType, at(matter), { type: 'Delete', data: { confirm_name: machine.name } });
};

/** A machine that still says that it is ours, and that no server here stands for. */
const stranger = async (matter: Matter, provider: Provider): Promise<ProviderServer> => {
  const machine = await machineOf(matter, provider);
  if (!machine || !isOurs(matter.call.tenant, machine)) throw driftNotFound('unknown');
  const servers = await matter.vps.views.list<ServerRow>(matter.call.tenant, 'servers');
  if (servers.some(s => s.value.data.provider_ref === machine.ref)) throw driftNotFound('unknown');
  if (machine.name !== matter.finding.actual) throw driftChanged(machine.name);
  return machine;
};

/** A snapshot that still says that it is ours, and of no server that is kept here now. */
const deleteLeft = async ({ vps, call: { tenant, signal }, subject, finding }: Matter, provider: Provider): Promise<void> => {
  const snapshot = (await provider.snapshots(ourLabels(tenant), signal)).find(s => s.ref === subject.provider_ref);
  const machines = new Set((await vps.views.list<ServerRow>(tenant, 'servers')).map(s => s.value.data.provider_ref));
  if (!snapshot || !await isLeft(tenant, snapshot, keptOf(vps, tenant, machines))) throw snapshotNotFound();
  if (snapshotName(snapshot) !== finding.actual) throw driftChanged(snapshotName(snapshot));
  await provider.deleteSnapshot(snapshot.ref, signal);
};

const accepting = async (matter: Matter): Promise<void> => {
  const { finding: { kind, actual } } = matter;
  if (kind === 'missing') return markGone(matter);
  if (kind === 'unknown') {
    const provider = await providerOf(matter);
    const machine = await stranger(matter, provider);
    return provider.label(machine.ref, foreignLabels(machine.labels), matter.call.signal);
  }
  notBusy(await serverOf(matter));
  if (kind === 'renamed') return takeName(matter, actual ?? '');
  await observe(matter, kind === 'resized' ? { type: actual ?? undefined } : { power: actual as Exclude<PowerState, 'unknown'> });
};

/** What runs longer is an operation of the server, with its progress and its end: it starts from what is there now. */
const operate = async (matter: Matter, kind: OperationKind, wish: { readonly type?: string }, seen: Extract<LifeCommand, { type: 'ObserveLife' }>['data']): Promise<void> => {
  const server = await serverOf(matter);
  notBusy(server);
  if (kind === 'resize' && subjectOf(server).power !== 'off') throw new Refusal('SERVER.NOT_ALLOWED_NOW', `Switch the server off first, then change its type back to ${wish.type ?? 'what it was'}.`);
  const provider = await providerOf(matter);
  await observe(matter, seen);
  await handle(matter.vps, serverType, at(matter), { type: 'StartOperation', data: { operation: newId(), kind, wish, abilities: provider.capabilities } });
};

const reverting = async (matter: Matter, confirm: string | undefined): Promise<void> => {
  const { finding: { kind, expected, actual }, subject, call } = matter;
  switch (kind) {
    case 'renamed': return (await providerOf(matter)).rename(subject.provider_ref, expected ?? '', call.signal);
    case 'resized': return operate(matter, 'resize', { type: expected ?? '' }, { type: actual ?? undefined });
    case 'powered': return operate(matter, actual === 'off' ? 'power-on' : 'shutdown', {}, { power: actual as Exclude<PowerState, 'unknown'> });
    case 'unknown': {
      if (confirm !== actual) throw nameNotConfirmed(actual ?? '');
      const provider = await providerOf(matter);
      const machine = await stranger(matter, provider);
      return provider.awaitAction(await provider.deleteServer(machine.ref, call.signal), call.signal);
    }
    case 'snapshot': return deleteLeft(matter, await providerOf(matter));
    case 'missing': throw driftNotPossible('What its provider has deleted can\'t be brought back from here. Accept that it is gone and create it anew.');
  }
};

/** Of the person's own doing, or already over: nothing to keep beside the finding. */
const NOT_KEPT = /^(?:DRIFT|AUTH)\.|^SERVER\.(?:BUSY|NOT_ALLOWED_NOW)$/;

const settle = async (vps: VpsContext, call: Call, seen: Pick<ParsedInputOf<typeof acceptContract>, 'kind' | 'actual'>, answer: Exclude<DriftAnswer, 'ignore'>, run: (matter: Matter) => Promise<void>): Promise<Written> => {
  const before = await earlierTry(vps, driftType, call);
  if (before) return writtenBy(before);
  const state = await readState(vps, driftType, call.tenant, call.id);
  const finding = answered(state, seen, answer);
  if (!state.subject) throw driftNotFound(seen.kind);
  try {
    await run({ vps, call, subject: state.subject, finding });
  } catch (error) {
    if (error instanceof Refusal && !NOT_KEPT.test(error.code)) {
      await handle(vps, driftType, further(call.context()), { type: 'NoteFailure', data: { kind: seen.kind, answer, reason: { code: error.code, message: error.message } } }).catch(() => undefined);
    }
    throw error;
  }
  return writtenBy(await handle(vps, driftType, call.context(), { type: 'Settle', data: { ...seen, answer } }));
};

export const acceptDrift = (vps: VpsContext, input: ParsedInputOf<typeof acceptContract>, call: Call): Promise<Written> => settle(vps, call, { kind: input.kind, actual: input.actual }, 'accept', accepting);

export const revertDrift = (vps: VpsContext, { confirm_name, ...seen }: ParsedInputOf<typeof revertContract>, call: Call): Promise<Written> => settle(vps, call, seen, 'revert', matter => reverting(matter, confirm_name));

export const ignoreDrift = async (vps: VpsContext, { kind, actual }: ParsedInputOf<typeof ignoreContract>, call: Call): Promise<Written> =>
  writtenBy(await handle(vps, driftType, call.context(), { type: 'Ignore', data: { kind, actual } }));
