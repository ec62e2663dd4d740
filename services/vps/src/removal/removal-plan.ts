import { readState } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import type { removalPlan as contract } from '@xanthus/proto/vps';
import { ourLabels, type ProviderServer, type ProviderSnapshot } from '../providers/provider.js';
import { provisioningType } from '../provisioning/provisioning.decide.js';
import { serverType } from '../server/server.decide.js';
import { notFound } from '../server/server.errors.js';
import { isLive, type Machine } from '../server/server.js';
import type { VpsContext } from '../vps.context.js';

type Plan = OutputOf<typeof contract>;

const ofAdopted = (machine: Machine): Omit<Plan, 'stops'> => ({
  name: machine.name, confirm: false, machine: null, price: null, unknown: [],
  goes: [{ kind: 'credential', text: machine.credential.kind === 'ssh_key' ? 'Nobody logs in to it from here any more; the SSH key itself stays.' : 'What Xanthus logs in with is destroyed.' }, { kind: 'metrics', text: 'Its figures here; what happened to it stays in the history.' }],
  stays: [{ kind: 'server', text: `The machine itself at ${machine.host}, with everything on it, as it is.` }, ...(machine.facts?.k3s ? [{ kind: 'software' as const, text: 'K3s and what runs in it.' }] : [])],
});

interface Found { readonly title: string; readonly server: ProviderServer | undefined; readonly snapshots: readonly ProviderSnapshot[] }

/** Its provider, as it has it now; undefined: it can't be asked. */
const ask = async (vps: VpsContext, tenant: string, id: string, machine: Machine, signal: AbortSignal): Promise<Found | undefined> => {
  try {
    const provider = await vps.providers.of(tenant, machine.order?.provider_id ?? '');
    const labels = ourLabels(tenant, id);
    const server = machine.provider_ref === undefined ? (await provider.findServers(labels, signal))[0] : await provider.server(machine.provider_ref, signal);
    return { title: provider.title, server, snapshots: provider.capabilities.snapshots ? await provider.snapshots(labels, signal) : [] };
  } catch (error) {
    signal.throwIfAborted();
    vps.log.debug({ err: error, server: id }, 'the provider of a server could not be asked for the plan of its removal');
    return undefined;
  }
};

const ofMade = async (vps: VpsContext, tenant: string, id: string, machine: Machine, signal: AbortSignal): Promise<Omit<Plan, 'stops'>> => {
  const found = await ask(vps, tenant, id, machine, signal);
  const there = found ? found.server !== undefined : null;
  const where = found?.title ?? machine.provider;
  return {
    name: machine.name, confirm: true, price: machine.order?.agreed ?? null,
    machine: { provider: where, ref: machine.provider_ref ?? found?.server?.ref ?? null, there, type: machine.type ?? '', location: machine.order?.location ?? '', address: machine.host },
    goes: [
      { kind: 'server', text: there === false ? `Its machine is gone at ${where} already.` : `The machine at ${where} with everything on its disk. Nobody can bring that back.` },
      { kind: 'provider-key', text: `Its SSH key at ${where}.` }, { kind: 'credential', text: 'What Xanthus logs in with, and its host key.' }, { kind: 'metrics', text: 'Its figures here; what happened to it stays in the history.' },
      ...(machine.facts?.k3s ? [{ kind: 'application' as const, text: 'Whatever runs in its K3s.' }] : []),
    ],
    stays: found && found.snapshots.length > 0 ? [{ kind: 'snapshot', text: found.snapshots.length === 1 ? `A snapshot of it at ${where}, which goes on costing money. Delete it before this, or under Drift afterwards.` : `${found.snapshots.length} snapshots of it at ${where}, which go on costing money. Delete them before this, or under Drift afterwards.` }] : [],
    unknown: found ? [] : [`${where} could not be asked now; deleting waits until it can.`],
  };
};

/** What goes and what stays, by what vps knows. @throws Refusal SERVER.NOT_FOUND */
export const planRemoval = async (vps: VpsContext, { tenant, id, signal }: Call): Promise<Plan> => {
  const server = await readState(vps, serverType, tenant, id);
  if (!isLive(server)) throw notFound();
  const { machine } = server;
  const run = await readState(vps, provisioningType, tenant, id);
  const stops = [
    ...(run.status === 'running' ? [run.run.plan.kind === 'create' ? 'The server is still being made: that is cancelled first.' : 'K3s is being installed: that is stopped.'] : []),
    ...(machine.operation ? ['Something else is being done on it now: that ends.'] : []),
  ];
  return { ...machine.order ? await ofMade(vps, tenant, id, machine, signal) : ofAdopted(machine), stops };
};
