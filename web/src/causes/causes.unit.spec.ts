import { describe, expect, it } from '@jest/globals';
import { SERVICES } from '@xanthus/proto';
import { UNDO } from '@xanthus/proto/undo';
import { toLogged } from './logged.js';
import { causeGraph, chainTo, reactorOf, STEPS, type LoggedEvent } from './graph.js';

const id = (n: number): string => `01jd3x8e2v5y9w4z7q6r1s0t${String(n).padStart(2, '0')}`;
const event = (n: number, type: string, command_id: string, change: Partial<LoggedEvent> = {}): LoggedEvent => ({
  id: id(n), stream: 'APPLICATIONS', seq: n, type, at: `2026-11-21T10:00:${String(n).padStart(2, '0')}.000Z`, tenant: 'acme', actor: { kind: 'person', id: 'anna' }, command_id, correlation_id: 'c',
  aggregate: { service: 'applications', name: 'application', id: 'a' }, data: {}, ...change,
});

describe('the chain of causes', () => {
  const start = event(1, 'WorkStarted', 'cmd-1');
  const deployment = event(2, 'DeploymentStarted', `begin-work-${id(1)}`, { aggregate: { service: 'applications', name: 'deployment', id: 'd' } });
  const record = event(3, 'PlanMade', 'derived-elsewhere', { stream: 'DNS', aggregate: { service: 'dns', name: 'plan', id: 'p' } });
  const ended = event(4, 'WorkEnded', `end-work-${id(2)}-0`);
  const nodes = causeGraph([ended, deployment, start, record, start]);

  it('goes from command to event to reactor to command, in order, each once', () => expect(nodes.map(n => [n.depth, n.kind === 'command' ? n.reactor ?? 'command' : n.event.type])).toEqual([
    [0, 'command'], [1, 'WorkStarted'], [2, 'begin-work'], [3, 'DeploymentStarted'], [4, 'end-work'], [5, 'WorkEnded'], [1, 'command'], [2, 'PlanMade'],
  ]));
  it('says where the cause is not recorded', () => expect(nodes.filter(n => n.kind === 'command' && n.loose).map(n => n.id)).toEqual(['command derived-elsewhere']));
  it('leads back from one event to the beginning', () => expect(chainTo(nodes, id(4)).map(n => n.kind)).toEqual(['command', 'event', 'command', 'event', 'command', 'event']));
  it('gathers what repeats', () => expect(causeGraph([event(1, 'StepProgressed', 'x'), event(2, 'StepProgressed', 'x'), event(3, 'StepFinished', 'x')]).flatMap(n => (n.kind === 'event' ? [[n.event.seq, n.times]] : []))).toEqual([[2, 2], [3, 1]]));
  it('knows parts of a command', () => expect(causeGraph([event(1, 'MemberRemoved', 'cmd'), event(2, 'SessionEnded', `cmd-${id(9)}`)]).find(n => n.id === `command cmd-${id(9)}`)?.by).toBe('command cmd'));
  it('shows the steps of a work as one, under what began it, and what they led to under each', () => {
    const plan = { stream: 'DNS', aggregate: { service: 'dns', name: 'plan', id: 'p' } };
    const shown = causeGraph([
      event(1, 'DeploymentStarted', 'cmd'), event(2, 'StepStarted', `step-${id(1)}-${id(11)}`), event(3, 'PlanApplied', 'derived', plan), event(4, 'StepFinished', `step-${id(1)}-${id(12)}`), event(5, 'Told', `tell-${id(4)}`),
    ]);
    expect(shown.map(n => [n.depth, n.kind === 'command' ? n.reactor ?? (n.loose ? 'loose' : 'command') : n.event.type])).toEqual([
      [0, 'command'], [1, 'DeploymentStarted'], [2, STEPS], [3, 'StepStarted'], [3, 'StepFinished'], [4, 'tell'], [5, 'Told'], [1, 'loose'], [2, 'PlanApplied'],
    ]);
    expect(chainTo(shown, id(4)).map(n => n.kind)).toEqual(['command', 'event', 'command', 'event']);
  });
  it('ends in a ring', () => expect(causeGraph([event(1, 'A', `x-${id(2)}`), event(2, 'B', `y-${id(1)}`)]).length).toBe(4));
  it('is empty of nothing', () => expect(causeGraph([])).toEqual([]));
  it.each([[`begin-work-${id(1)}-0`, 'begin-work'], [`release-dns-when-server-deleted-${id(1)}`, 'release-dns-when-server-deleted']])('%s is the reactor %s', (command, name) => expect(reactorOf(command, id(1))).toBe(name));
});

describe('events of the log', () => {
  it('are taken as they are, others left out', () => {
    const payload = { id: id(1), type: 'X', schema: 1, tenant: 'acme', aggregate: start.aggregate, occurred_at: start.at, actor: start.actor, command_id: 'c', correlation_id: 'k', data: { a: 1 } };
    expect(toLogged('VPS', { seq: 4, subject: 'evt.acme.vps.server.a', time: 't', payload })).toMatchObject({ stream: 'VPS', seq: 4, type: 'X', data: { a: 1 }, correlation_id: 'k' });
    expect(toLogged('VPS', { seq: 4, subject: 's', time: 't', payload: { type: 'X' } })).toBeUndefined();
  });
  it('come from every service', () => expect(Object.keys(UNDO).toSorted()).toEqual(Object.keys(SERVICES).toSorted()));
});
const start = event(1, 'X', 'c');
