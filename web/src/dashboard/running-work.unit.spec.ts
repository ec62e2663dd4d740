import { describe, expect, it } from '@jest/globals';
import { applicationView } from '@xanthus/proto/applications';
import { domainView, planView } from '@xanthus/proto/dns';
import { operationsView, setUpView } from '@xanthus/proto/vps';
import type { Application, Domain, Operations, Plan, SetUp } from '../contracts.js';
import { runningWork, type Sources } from './running-work.js';

const setUp = setUpView.example as SetUp;
const operations = operationsView.example as Operations;
const application = applicationView.example as Application;
const plan = planView.example as Plan;
const domain = domainView.example as Domain;
const none: Sources = { setUps: [], operations: [], servers: new Map(), applications: [], plans: [], domains: [] };
const work = (sources: Partial<Sources>) => runningWork({ ...none, ...sources });

describe('what is under way', () => {
  it('is of every service, with its page, its step and how to stop it', () => {
    const all = work({
      setUps: [setUp], operations: [operations], servers: new Map([[operations.server, { name: 'web-2' }]]), applications: [{ ...application, work: 'upgrade' }],
      plans: [{ ...plan, state: 'applying', parts: 4, parts_done: 1, next: ['cancel'] }], domains: [{ ...domain, state: 'configuring', steps: domain.steps.map((s, i) => ({ ...s, state: i === 0 ? 'running' : 'pending' })) }],
    });
    expect(all.map(w => w.kind).sort()).toEqual(['deployment', 'domain', 'operation', 'plan', 'set-up']);
    const of = (kind: string) => all.find(w => w.kind === kind);
    expect(of('set-up')).toMatchObject({ name: 'web-1', link: { to: '/servers/$id', search: { tab: 'set-up' } }, state: 'running' });
    expect(of('operation')).toMatchObject({ name: 'web-2', percent: 50, cancel: undefined });
    expect(of('deployment')).toMatchObject({ name: 'Team notes', title: 'Upgrade', deployment: `${application.id}.${application.deployment}`, cancel: { kind: 'deployment', id: application.id } });
    expect(of('plan')).toMatchObject({ name: 'example.com', percent: 25, cancel: { kind: 'plan', id: plan.id } });
    expect(of('domain')).toMatchObject({ name: 'example.com', step: 'SSL strict', cancel: undefined });
  });

  it('has nothing of what is over', () => {
    expect(work({
      setUps: [{ ...setUp, state: 'finished' }, { ...setUp, state: 'cancelled' }], operations: [{ ...operations, items: operations.items.map(o => ({ ...o, state: 'finished' })) }], applications: [application], plans: [plan, { ...plan, state: 'draft' }], domains: [domain],
    })).toEqual([]);
  });

  it('says what waits for a person, after what goes on by itself', () => {
    const all = work({ setUps: [{ ...setUp, state: 'failed', started_at: '2026-11-21T01:00:00.000Z', next: ['retry', 'delete'] }], plans: [{ ...plan, state: 'applying', next: ['cancel'], retry_at: '2026-11-21T09:00:00.000Z' }, { ...plan, id: 'x', state: 'failed', next: [] }] });
    expect(all.map(w => [w.kind, w.state])).toEqual([['plan', 'waiting'], ['set-up', 'stuck']]);
    expect(all[1]?.cancel).toBeUndefined();
  });
});
