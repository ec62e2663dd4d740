/** A plan that is applied while everything fails: seeded runs with faults at every call, kills at every record, cancels, and others who change the zone. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashOf, planZone, type Change } from '../plan/changes.js';
import { planType } from '../plan/plan.decide.js';
import { isUnderway } from '../plan/plan.js';
import { drawing } from '../random.fixture.js';
import { known, sorted, zone as anyZone } from '../records/records.fixtures.js';
import type { KnownRecord } from '../records/record.js';
import { zoneType } from '../zone/zone.decide.js';
import { memoryProvider, type Fault, type MemoryZone } from './memory-provider.fixture.js';
import { Killed, memoryWorld } from './processes.fixture.js';
import { workOnPlan } from './work-on-plan.js';

const TENANT = 'acme';
const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const PLAN = '01jd3x8e2v5y9w4z7q6r1s0tpn';
const about = { account: '01a7362d577a6c3019a474fd6f485823', name: 'example.com', status: 'active', plan: 'free', name_servers: [] };
const ours = () => true;
const never = new AbortController().signal;

interface Chaos { fault?: (method: string) => Fault | undefined; readonly dies?: (where: 'before' | 'after') => boolean; /** Asked before each record. */ readonly meanwhile?: () => Promise<unknown> | undefined }

/** A managed zone, and a plan for it whose parts hold few changes, so that a small plan has several. */
const ground = async (before: readonly KnownRecord[], changes: readonly Change[], chaos: Chaos = {}) => {
  const zone: MemoryZone = { records: [...before], settings: new Map(), certificates: [], redirect: undefined };
  let on = false;
  const provider = memoryProvider(zone, { name: 'example.com', fault: method => (on ? chaos.fault?.(method) : undefined) });
  const world = memoryWorld(provider, { dies: where => on && chaos.dies?.(where) === true, meanwhile: () => (on ? chaos.meanwhile?.() : undefined) });
  const { ports } = world;
  await ports.handle(zoneType, TENANT, ZONE, { type: 'Manage', about, records: before });
  await ports.handle(zoneType, TENANT, ZONE, { type: 'Adopt', records: before.map(r => r.id) });
  await ports.handle(planType, TENANT, PLAN, { type: 'Make', per_part: 3, draft: { zone: ZONE, zone_name: 'example.com', from: 'wishes', undoes: null, reason: '', hash: hashOf(ZONE, changes), changes, risks: [], records: before.length } });
  await ports.handle(planType, TENANT, PLAN, { type: 'Apply', hash: hashOf(ZONE, changes), accept: [] });
  const plan = () => ports.read(planType, TENANT, PLAN);
  /** Until it rests, started again after each kill. */
  const run = async (): Promise<void> => {
    on = true;
    for (let tries = 0; tries < 500; tries++) {
      try {
        await workOnPlan(ports, TENANT, PLAN, never);
        on = false;
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
    throw new Error('it does not come to rest');
  };
  return { zone, ports, plan, run, chaos, pass: world.pass, command: (command: Parameters<typeof planType.decider.decide>[1]) => ports.handle(planType, TENANT, PLAN, command) };
};

const zones = fc.sample(anyZone, { seed: 11, numRuns: 60 }).filter(z => z.length > 1);

describe('a plan', () => {
  it.each(['before', 'after'] as const)('whose every call fails once %s it was made ends as it should, made once', async (where) => {
    const [first, second] = [zones[0] ?? [], zones[1] ?? []];
    const before = known(first);
    const failed = new Set<string>();
    const g = await ground(before, planZone(before, second, ours).changes, { fault: method => (failed.has(method) ? undefined : (failed.add(method), where)) });
    await g.run();
    expect((await g.plan()).status).toBe('applied');
    expect(sorted(g.zone.records)).toEqual(sorted(second));
  });

  it('is killed at every record in turn', async () => {
    const [first, second] = [zones[2] ?? [], zones[3] ?? []];
    const before = known(first);
    for (let at = 0; ; at++) {
      let records = 0;
      let killed = false;
      const g = await ground(before, planZone(before, second, ours).changes, { dies: () => { killed ||= records === at; return records++ === at; } });
      await g.run();
      expect([at, (await g.plan()).status, sorted(g.zone.records)]).toEqual([at, 'applied', sorted(second)]);
      const kept = await g.ports.read(zoneType, TENANT, ZONE);
      expect(kept.status === 'managed' && sorted([...kept.records.values()].map(k => k.record))).toEqual(sorted(second));
      if (!killed) break;
    }
  });

  it.each([true, false])('cancelled before any of its records (rolled back: %s) leaves what it says', async (roll_back) => {
    const before = known(zones[2] ?? []);
    for (let at = 0, count = at; count >= at; at++) {
      count = -1;
      const g = await ground(before, planZone(before, zones[3] ?? [], ours).changes, { meanwhile: () => (++count === at ? g.command({ type: 'Cancel', roll_back }).catch(() => undefined) : undefined) });
      await g.run();
      const plan = await g.plan();
      const kept = await g.ports.read(zoneType, TENANT, ZONE);
      // What Cloudflare has is what our log says, whatever the plan came to.
      expect([at, kept.status === 'managed' && sorted([...kept.records.values()].map(k => k.record))]).toEqual([at, sorted(g.zone.records)]);
      if (plan.status === 'rolled-back') expect([at, sorted(g.zone.records)]).toEqual([at, sorted(before)]);
      if (plan.status === 'applied') expect([at, sorted(g.zone.records)]).toEqual([at, sorted(zones[3] ?? [])]);
      expect(plan.status).toMatch(roll_back ? /^(?:rolled-back|applied)$/ : /^(?:rolled-back|applied|stopped)$/);
    }
  });

  it('that Cloudflare refuses fails, with nothing made; it may be tried again', async () => {
    const before = known(zones[4] ?? []);
    let refuse = true;
    const g = await ground(before, planZone(before, zones[5] ?? [], ours).changes, { fault: method => (method === 'apply' && refuse ? 'refused' : undefined) });
    await g.run();
    expect([(await g.plan()).status, sorted(g.zone.records)]).toEqual(['failed', sorted(before)]);
    refuse = false;
    await g.command({ type: 'Resume', how: 'apply' });
    await g.run();
    expect([(await g.plan()).status, sorted(g.zone.records)]).toEqual(['applied', sorted(zones[5] ?? [])]);
  });

  it.each(['waited before its first part', 'failed half-way'])('that %s touches nothing that was given back meanwhile', async (when) => {
    const before = known(zones[6] ?? []);
    const last = before.at(-1);
    const g = await ground(before, before.map(r => ({ op: 'delete', before: r })), { fault: () => (when === 'failed half-way' && g.zone.records.length < before.length ? 'refused' : undefined) });
    if (when === 'failed half-way') {
      await g.run();
      expect((await g.plan()).status).toBe('failed');
      g.chaos.fault = () => undefined;
      await g.command({ type: 'Resume', how: 'apply' });
    } else g.pass(60_000);
    await g.ports.handle(zoneType, TENANT, ZONE, { type: 'Disown', records: [last?.id ?? ''] });
    await g.run();
    expect(g.zone.records.map(r => r.id)).toContain(last?.id);
    expect(await g.plan()).toMatchObject({ status: 'failed', problem: { code: 'DNS.PLAN_STALE' } });
  });

  it('that nobody worked on for a while looks again before its first part', async () => {
    const before = known(zones[6] ?? []);
    const g = await ground(before, before.map(r => ({ op: 'delete', before: r })));
    g.zone.records = g.zone.records.map(r => ({ ...r, comment: 'mine' }));
    g.pass(60_000);
    await g.run();
    expect(await g.plan()).toMatchObject({ status: 'failed', problem: { code: 'DNS.PLAN_STALE' } });
    expect(g.zone.records).toHaveLength(before.length);
  });

  it('in which somebody else changed the same records meanwhile says so, and changes nothing of theirs', async () => {
    const before = known(zones[6] ?? []);
    const [taken] = before;
    const changes: Change[] = before.map(r => ({ op: 'delete', before: r }));
    let first = true;
    const g = await ground(before, changes, { fault: method => (method === 'apply' && first ? (first = false, 'before') : undefined) });
    g.zone.records = g.zone.records.map(r => (r.id === taken?.id ? { ...r, comment: 'mine' } : r));
    await g.run();
    expect(await g.plan()).toMatchObject({ status: 'failed', problem: { code: 'DNS.PLAN_STALE' } });
    expect(g.zone.records.find(r => r.id === taken?.id)?.comment).toBe('mine');
  });

  /** 300 runs: what is at Cloudflare is either all of the plan, or as before, or exactly what the plan says was done of it; our log says the same. */
  it('comes to a known end whatever happens', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 300; seed++) {
      const draw = drawing(seed);
      const before = known(zones[draw(zones.length)] ?? []);
      const wanted = zones[draw(zones.length)] ?? [];
      const changes = planZone(before, wanted, ours).changes;
      if (changes.length === 0) continue;
      const g = await ground(before, changes, {
        fault: () => (draw(5) === 0 ? (['before', 'after', 'refused'] as const)[draw(12) === 0 ? 2 : draw(2)] : undefined), dies: () => draw(9) === 0,
      });
      for (let step = 0; step < 4; step++) {
        if (draw(3) === 0) await g.command({ type: 'Cancel', roll_back: draw(2) === 0 }).catch(() => undefined);
        await g.run();
        const now = await g.plan();
        expect([seed, isUnderway(now)]).toEqual([seed, false]);
        if (now.status !== 'failed') break;
        await g.command({ type: 'Resume', how: draw(2) === 0 ? 'apply' : 'roll_back' });
      }
      const end = await g.plan();
      seen.add(end.status);
      const kept = await g.ports.read(zoneType, TENANT, ZONE);
      const log = kept.status === 'managed' ? sorted([...kept.records.values()].map(k => k.record)) : [];
      if (end.status === 'applied') expect([seed, sorted(g.zone.records)]).toEqual([seed, sorted(wanted)]);
      if (end.status === 'rolled-back') expect([seed, sorted(g.zone.records)]).toEqual([seed, sorted(before)]);
      if (end.status === 'applied' || end.status === 'rolled-back' || end.status === 'stopped') expect([seed, log]).toEqual([seed, sorted(g.zone.records)]);
    }
    expect(seen).toEqual(new Set([...seen, 'applied', 'rolled-back']));
  });
});
