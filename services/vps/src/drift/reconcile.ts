/** Compares what an account at a provider has with what we know of it: differences become findings, and prices are noted. */
import { handle, newId, readState } from '@xanthus/kernel';
import { deriveId } from '@xanthus/nest';
import type { Actor } from '@xanthus/proto';
import type { DriftFinding } from '@xanthus/proto/vps';
import { priceOf } from '../costs/price-of.js';
import type { Provider, ProviderServer, ProviderSnapshot } from '../providers/provider.js';
import { ourLabels } from '../providers/provider.js';
import { priceText } from '../server/decide-price.js';
import { serverType } from '../server/server.decide.js';
import { isLive, type ServerState } from '../server/server.js';
import type { CostRow } from '../views/costs.js';
import type { DriftRow } from '../views/drift.js';
import type { ServerRow } from '../views/servers.js';
import type { VpsContext } from '../vps.context.js';
import { differences, isComparable, type KnownServer } from './compare.js';
import { driftType } from './drift.decide.js';
import type { DriftSubject } from './drift.js';
import { isLeft, keptOf, ownerOf, snapshotFinding, snapshotId, snapshotName, type Kept } from './left-snapshots.js';

export interface Account { readonly tenant: string; readonly id: string }
export interface Reconciled { readonly servers: number; readonly findings: number }

const RECONCILER: Actor = { kind: 'system', id: 'drift' };

/** What is unknown here has no id of ours: always the same one for the same machine. */
export const strangerId = ({ tenant, id }: Account, ref: string): string => deriveId(tenant, `provider:${id}`, ref);

export const contextOf = (account: Account, id: string) => {
  const command = newId();
  return { tenant: account.tenant, id, actor: RECONCILER, now: new Date().toISOString(), command_id: command, correlation_id: command };
};

const knownRow = (id: string, { name, provider_ref, type, power, lifecycle, operation }: ServerRow): KnownServer | undefined =>
  (provider_ref === undefined ? undefined : { id, name, provider_ref, type, power, lifecycle, busy: operation !== undefined });

const knownState = (id: string, state: ServerState): KnownServer | undefined => {
  if (!isLive(state) || state.machine.provider_ref === undefined) return undefined;
  const { name, provider_ref, type, power, lifecycle, operation } = state.machine;
  return { id, name, provider_ref, type, power, lifecycle, busy: operation !== undefined };
};

const sameFindings = (row: DriftRow | undefined, found: readonly DriftFinding[]): boolean =>
  (row?.findings.length ?? 0) === found.length && found.every(f => row?.findings.some(r => r.kind === f.kind && r.actual === f.actual && r.expected === f.expected));

/** The list was made before: what it says is looked at again, between two looks at ourselves that must agree. Undefined: something is going on just now. */
const confirmed = async (vps: VpsContext, account: Account, provider: Provider, server: KnownServer, signal: AbortSignal): Promise<readonly DriftFinding[] | undefined> => {
  const look = async () => knownState(server.id, await readState(vps, serverType, account.tenant, server.id));
  const before = await look();
  if (!before || !isComparable(before)) return undefined;
  const machine = await provider.server(before.provider_ref, signal);
  const after = await look();
  return JSON.stringify(before) === JSON.stringify(after) ? differences(before, machine?.status === 'deleting' ? undefined : machine, provider.capabilities) : undefined;
};

const note = (vps: VpsContext, account: Account, id: string, subject: DriftSubject, findings: readonly DriftFinding[]): Promise<unknown> =>
  handle(vps, driftType, contextOf(account, id), { type: 'Compare', data: { subject, findings } });

const compareKnown = async (vps: VpsContext, account: Account, provider: Provider, server: KnownServer, machine: ProviderServer | undefined, row: DriftRow | undefined, signal: AbortSignal): Promise<number> => {
  if (!isComparable(server)) return row?.findings.length ?? 0;
  const seen = differences(server, machine, provider.capabilities);
  if (sameFindings(row, seen)) return seen.length;
  const found = await confirmed(vps, account, provider, server, signal);
  if (!found) return row?.findings.length ?? 0;
  await note(vps, account, server.id, { server: server.id, name: server.name, provider_id: account.id, provider_ref: server.provider_ref }, found);
  return found.length;
};

/** Whether a machine with our labels is one that we know, or are just making. */
const isStranger = async (vps: VpsContext, account: Account, { labels, ref, status }: ProviderServer): Promise<boolean> => {
  if (status === 'deleting') return false;
  const id = labels['xanthus_server'];
  const state = id === undefined || !/^[0-9a-z]{26}$/.test(id) ? undefined : await readState(vps, serverType, account.tenant, id);
  if (!state || !isLive(state)) return true;
  return state.machine.provider_ref !== undefined && state.machine.provider_ref !== ref;
};

interface Placed { readonly server: KnownServer; readonly machine: ProviderServer }

/** What the view says that they cost. A price that it has already need not be decided about. */
const notePrices = async (vps: VpsContext, account: Account, provider: Provider, servers: readonly Placed[], known: ReadonlyMap<string, CostRow>, signal: AbortSignal): Promise<void> => {
  const [pricing, types] = await Promise.all([provider.pricing(signal), provider.serverTypes(signal)]);
  for (const { server, machine } of servers) {
    const price = priceOf({ pricing, types }, machine.type, machine.location, machine.ipv4 !== null);
    const now = known.get(server.id)?.periods.at(-1);
    if (!price || (now && priceText(now) === priceText(price))) continue;
    const at = new Date(now ? Date.now() : machine.created_at).toISOString();
    await handle(vps, serverType, contextOf(account, server.id), { type: 'ObservePrice', data: { ...price, at } });
  }
};

const isOfSnapshot = ({ findings }: DriftRow): boolean => findings.some(f => f.kind === 'snapshot');

/** One list call; prices are asked for if one was not known. */
const compareSnapshots = async (vps: VpsContext, account: Account, provider: Provider, kept: Kept, rows: ReadonlyMap<string, DriftRow>, signal: AbortSignal): Promise<number> => {
  const { tenant, id: provider_id } = account;
  const left = new Map<string, ProviderSnapshot>();
  for (const snapshot of await provider.snapshots(ourLabels(tenant), signal)) {
    signal.throwIfAborted();
    // one that is still being made has no size yet
    if (snapshot.ready && await isLeft(tenant, snapshot, kept)) left.set(snapshotId(account, snapshot.ref), snapshot);
  }
  const news = [...left].filter(([id, s]) => !sameFindings(rows.get(id), [{ kind: 'snapshot', expected: null, actual: snapshotName(s) }]));
  if (news.length > 0) {
    const pricing = provider.capabilities.prices ? await provider.pricing(signal) : undefined;
    const names = new Map((await vps.views.list<CostRow>(tenant, 'costs')).map(r => [r.id, r.value.data.name]));
    for (const [id, snapshot] of news) await note(vps, account, id, { server: null, name: snapshotName(snapshot), provider_id, provider_ref: snapshot.ref }, [snapshotFinding(snapshot, names.get(ownerOf(snapshot) ?? ''), pricing)]);
  }
  for (const [id, row] of rows) if (isOfSnapshot(row) && !left.has(id)) await note(vps, account, id, { server: null, name: row.name, provider_id, provider_ref: row.provider_ref }, []);
  return left.size;
};

/** Without a price, or with that of another type: those don't wait for the hour. */
const isUnpriced = (known: ReadonlyMap<string, CostRow>) => ({ server, machine }: Placed): boolean => {
  const now = known.get(server.id)?.periods.at(-1);
  return now?.type !== machine.type || now.location !== machine.location;
};

/**
 * One list call; a further one per difference that was not known. `prices`: also what the machines cost now. `snapshots`: also those that are left of servers.
 * @throws Refusal PROVIDER.… when the provider can't be asked: then nothing is concluded
 */
export const reconcile = async (vps: VpsContext, account: Account, o: { readonly prices: boolean; readonly snapshots: boolean }, signal: AbortSignal): Promise<Reconciled> => {
  const provider = await vps.providers.of(account.tenant, account.id, { background: true });
  const machines = await provider.findServers(ourLabels(account.tenant), signal);
  const byRef = new Map(machines.map(m => [m.ref, m]));
  const [servers, drift] = await Promise.all([vps.views.list<ServerRow>(account.tenant, 'servers'), vps.views.list<DriftRow>(account.tenant, 'drift')]);
  const rows = new Map(drift.filter(r => r.value.data.provider_id === account.id).map(r => [r.id, r.value.data]));
  const known = servers.filter(r => r.value.data.provider_id === account.id).flatMap(r => knownRow(r.id, r.value.data) ?? []);
  const live = new Set(known.map(k => k.id));

  let findings = 0;
  for (const server of known) {
    signal.throwIfAborted();
    findings += await compareKnown(vps, account, provider, server, byRef.get(server.provider_ref), rows.get(server.id), signal);
  }
  // of every account: two keys may open the same project
  const refs = new Set(servers.map(r => r.value.data.provider_ref));
  const strangers = new Set<string>();
  for (const machine of machines.filter(m => !refs.has(m.ref))) {
    signal.throwIfAborted();
    const id = strangerId(account, machine.ref);
    if (!await isStranger(vps, account, machine)) continue;
    strangers.add(id);
    findings += 1;
    const found: DriftFinding = { kind: 'unknown', expected: null, actual: machine.name };
    if (!sameFindings(rows.get(id), [found])) await note(vps, account, id, { server: null, name: machine.name, provider_id: account.id, provider_ref: machine.ref }, [found]);
  }
  const ofSnapshots = new Set([...rows].flatMap(([id, row]) => (isOfSnapshot(row) ? [id] : [])));
  // what was found of servers and machines that are no more
  for (const [id, { server, name, provider_id, provider_ref }] of rows) if (!live.has(id) && !strangers.has(id) && !ofSnapshots.has(id)) await note(vps, account, id, { server, name, provider_id, provider_ref }, []);

  if (provider.capabilities.prices) {
    const costs = new Map((await vps.views.list<CostRow>(account.tenant, 'costs')).map(r => [r.id, r.value.data]));
    const there = known.flatMap((server): Placed[] => { const machine = byRef.get(server.provider_ref); return machine ? [{ server, machine }] : []; });
    if (there.length > 0 && (o.prices || there.some(isUnpriced(costs)))) await notePrices(vps, account, provider, there, costs, signal);
  }
  findings += o.snapshots && provider.capabilities.snapshots ? await compareSnapshots(vps, account, provider, keptOf(vps, account.tenant, refs), rows, signal) : ofSnapshots.size;
  return { servers: known.length, findings };
};
