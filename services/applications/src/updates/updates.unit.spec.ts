import { describe, expect, it } from '@jest/globals';
import { AggregateCache, handle, MemoryEventStore, MemorySnapshotStore, newId, type CommandContext } from '@xanthus/kernel';
import type { Actor } from '@xanthus/proto';
import { applicationType, type ApplicationCommand } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import type { ApplicationRow } from '../views/applications.js';
import { chooseUpdate } from './choose.js';
import { createUpdates, type UpdateWays } from './run-updates.js';
import { isWithin } from './window.js';

const at = (time: string): number => Date.parse(time);

describe('the window of updates', () => {
  it.each([
    ['2026-11-22T01:30:00Z', 'Europe/Berlin', true], // Sunday 02:30 there
    ['2026-11-22T04:00:00Z', 'Europe/Berlin', false], // 05:00: over
    ['2026-11-22T01:30:00Z', 'UTC', false],
    ['2026-11-22T07:30:00Z', 'America/New_York', true], // Sunday 02:30 there
    ['2026-11-21T01:30:00Z', 'Europe/Berlin', false], // Saturday
    ['2026-11-22T02:30:00Z', 'No/Where', true], // as UTC
  ] as const)('on Sundays from 02:00 to 05:00: %s in %s: %s', (now, zone, expected) => {
    expect(isWithin({ days: ['sun'], from: '02:00', to: '05:00' }, zone, at(now))).toBe(expected);
  });

  it.each([
    ['2026-11-21T23:00:00Z', true], // Saturday night
    ['2026-11-22T01:00:00Z', true], // belongs to Saturday
    ['2026-11-22T03:00:00Z', false],
    ['2026-11-22T23:00:00Z', false],
  ] as const)('over midnight: %s: %s', (now, expected) => {
    expect(isWithin({ days: ['sat'], from: '22:00', to: '02:00' }, 'UTC', at(now))).toBe(expected);
  });

  it('is always where there is none, and all day from one time to the same', () => {
    expect(isWithin(null, 'UTC', at('2026-11-22T03:00:00Z'))).toBe(true);
    expect(isWithin({ days: ['sun'], from: '00:00', to: '00:00' }, 'UTC', at('2026-11-22T03:00:00Z'))).toBe(true);
  });
});

const offer = (...versions: string[]) => versions.map(version => ({ version, prerelease: version.includes('rc') }));
describe('the version that is taken', () => {
  it.each([
    ['patch', '1.2.3', ['1.2.4', '1.2.10', '1.3.0', '2.0.0'], [], '1.2.10'],
    ['minor', '1.2.3', ['1.2.4', '1.10.0', '1.9.0', '2.0.0'], [], '1.10.0'],
    ['minor', '1.2.3', ['1.3.0', '1.2.4'], ['1.3.0'], '1.2.4'],
    ['patch', '1.2.3', ['1.2.3', '1.2.2', '1.2.4-rc1'], [], undefined],
    ['none', '1.2.3', ['1.2.4'], [], undefined],
    ['patch', 'latest', ['1.2.4'], [], undefined],
  ] as const)('with %s from %s of %j without %j is %s', (auto, from, offered, held, expected) => {
    expect(chooseUpdate({ auto, from, held, offered: offer(...offered) })).toBe(expected);
  });
});

const ADA: Actor = { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' };
const SERVICE: Actor = { kind: 'service', id: 'applications' };
const world = async (o: { readonly allows?: (subject: string) => boolean; readonly warnings?: readonly { asks_again: boolean; message: string }[] } = {}) => {
  const store = new MemoryEventStore();
  const id = newId();
  const begun: string[] = [];
  const plans: string[] = [];
  const clock = { now: at('2026-11-22T03:00:00Z') };
  const on = {
    store, snapshots: new MemorySnapshotStore(), cache: new AggregateCache(), now: () => clock.now, rights: { allows: (_tenant: string, _who: string, { subject }: { subject: string }) => (o.allows ?? (() => true))(subject) },
    vps: { server: async () => ({ time_zone: 'UTC' }) }, versions: { of: async () => ({ versions: offer('1.2.4', '1.3.0') }) },
  } as unknown as ApplicationsContext;
  const tell = async (actor: Actor, command: ApplicationCommand): Promise<void> => {
    const context: CommandContext = { tenant: 'acme', id, actor, now: new Date(clock.now).toISOString(), command_id: newId(), correlation_id: 'x' };
    await handle(on, applicationType, context, command);
  };
  await tell(ADA, { type: 'Request', name: 'notes', entry: 'code-server', entry_name: 'Notes', icon: '', server: newId(), server_name: 'web-1', zone: null, subdomain: null, host: null, namespace: 'notes', release_name: 'notes', version: '1.2.3', deployment: newId(), plan: newId(), reason: '', updates: { auto: 'patch', window: null } });
  const ways = {
    makePlan: async (_on: unknown, _call: unknown, { wish }: { wish: { version: string } }) => { plans.push(wish.version); return { id: 'p', hash: 'h', ready: true, detail: { warnings: o.warnings ?? [], conflicts: [] } }; },
    workByPlan: async () => { begun.push(plans.at(-1) ?? ''); return {}; },
  } as unknown as UpdateWays;
  const row = (more: Partial<ApplicationRow> = {}): ApplicationRow => ({ id, entry: 'code-server', server: newId(), status: 'running', version: '1.2.3', updates: { auto: 'patch', window: null }, held: [], failed: null, work: null, deployment: null, problem: null, ...more }) as unknown as ApplicationRow;
  return { on, store, tell, id, begun, plans, row, clock, updates: createUpdates(on, ways) };
};
const { signal } = new AbortController();

describe('an upgrade by itself', () => {
  it('is begun by a plan, once', async () => {
    const { updates, row, begun } = await world();
    await updates.look('acme', row(), signal);
    await updates.look('acme', row(), signal);
    expect(begun).toEqual(['1.2.4']);
  });

  it.each([
    ['outside its window', { updates: { auto: 'patch', window: { days: ['mon'], from: '02:00', to: '05:00' } } }],
    ['while it is stopped', { status: 'stopped' }],
  ] as const)('is not %s', async (_why, more) => {
    const { updates, row, plans } = await world();
    await updates.look('acme', row(more as Partial<ApplicationRow>), signal);
    expect(plans).toEqual([]);
  });

  it.each(['.connect', '.upgrade'])('is not once whoever wanted it may no longer: %s', async (verb) => {
    const { updates, row, plans } = await world({ allows: subject => !subject.endsWith(verb) });
    await updates.look('acme', row(), signal);
    expect(plans).toEqual([]);
  });

  it('of a version that failed is not tried again; of the next one it is', async () => {
    const { updates, row, begun, tell, store, id, on } = await world();
    const [deployment, plan] = [newId(), newId()];
    await store.append({ tenant: 'acme', service: 'applications', aggregate: 'plan', id: plan }, [{ schema: 1, event: { type: 'ApplicationPlanMade', data: { kind: 'upgrade', detail: { version: '1.2.4' } } } }], 0, { tenant: 'acme', id: plan, actor: SERVICE, now: new Date(0).toISOString(), command_id: newId(), correlation_id: 'x' });
    const first = (await store.load({ tenant: 'acme', service: 'applications', aggregate: 'application', id })).events[0];
    await tell(SERVICE, { type: 'EndWork', deployment: (first?.data as { deployment?: string } | undefined)?.deployment ?? '', outcome: 'done', status: 'running', problem: null });
    await tell(SERVICE, { type: 'NoteRelease', deployment: newId(), again: null, reason: '', release: { revision: 1 } as never });
    await store.append({ tenant: 'acme', service: 'applications', aggregate: 'application', id }, [{ schema: 1, event: { type: 'WorkStarted', data: { deployment, kind: 'upgrade', plan, with: {}, reason: '', retry: false } } }], (await store.load({ tenant: 'acme', service: 'applications', aggregate: 'application', id })).last, { tenant: 'acme', id, actor: SERVICE, now: new Date(0).toISOString(), command_id: newId(), correlation_id: 'x' });
    const failed = row({ failed: 'upgrade', deployment, problem: { code: 'CHART.IMAGE', message: 'The image cannot be pulled.' } });
    await updates.look('acme', failed, signal);
    expect(begun).toEqual([]);
    expect(store.all().filter(e => e.type === 'UpdateHeld').map(e => e.data)).toEqual([{ version: '1.2.4', message: 'The image cannot be pulled.' }]);
    (on.versions as { of: unknown }).of = async () => ({ versions: offer('1.2.4', '1.2.5') });
    await updates.look('acme', failed, signal);
    expect(begun).toEqual(['1.2.5']);
  });

  it('waits for a person where the plan asks again', async () => {
    const { updates, row, begun } = await world({ warnings: [{ asks_again: true, message: 'It is too little memory.' }] });
    await expect(updates.look('acme', row(), signal)).rejects.toMatchObject({ code: 'PLAN.CONFLICTS', message: expect.stringContaining('too little memory') });
    expect(begun).toEqual([]);
  });
});
