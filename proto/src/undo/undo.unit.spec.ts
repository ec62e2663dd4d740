import { describe, expect, it } from '@jest/globals';
import type { CommandContract, EventContract, ViewContract } from '../contract.js';
import { SERVICES, type ServiceName } from '../services.js';
import { UNDO, undoOf, type Fields, type Undo, type UndoneEvent } from './index.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const NOW = '2026-11-21T10:00:00.000Z';
const events = Object.values(SERVICES).flatMap(s => Object.values<EventContract>(s.events));
const eventOf = (contract: EventContract): UndoneEvent => ({ type: contract.type, aggregate: { service: contract.service, name: contract.aggregate, id: ID }, data: contract.example as Fields });
const commandsOf = (service: string): readonly CommandContract[] => Object.values<CommandContract>(SERVICES[service as ServiceName].commands);
const viewOf = (service: string, view: string): ViewContract | undefined => Object.values<ViewContract>(SERVICES[service as ServiceName].views).find(v => v.view === view);
const undone = (service: string, name: string, type: string, data: Fields, before?: Fields): unknown => {
  const event: UndoneEvent = { type, aggregate: { service, name, id: ID }, data };
  const undo = undoOf(event);
  return undo.kind === 'command' ? undo.make({ event, before, now: NOW }) : undo.kind;
};

describe('how events are taken back', () => {
  it('has a row for every type of event, and no other', () => {
    const rows = Object.entries(UNDO).flatMap(([service, table]) => Object.keys(table).map(key => `${service}.${key}`));
    expect(rows.toSorted()).toEqual([...new Set(events.map(e => `${e.service}.${e.aggregate}.${e.type}`))].toSorted());
  });

  const all = events.map(contract => ({ contract, event: eventOf(contract), name: `${contract.service}.${contract.aggregate}.${contract.type}` })).map(e => ({ ...e, undo: undoOf(e.event) }));
  const commands = all.flatMap(e => (e.undo.kind === 'command' ? [{ ...e, undo: e.undo }] : []));

  it.each(all)('$name says what happens in a whole sentence', ({ undo }: { undo: Undo }) => {
    const said = undo.kind === 'command' ? undo.note ?? 'Nothing.' : undo.why;
    expect(said).toMatch(/^[A-Z“].*\.$/);
  });
  it.each(commands)('$name is taken back by commands that there are, shown by a view that there is', ({ event, undo }) => {
    const { service } = event.aggregate;
    for (const verb of undo.verbs) expect(commandsOf(service).find(c => c.aggregate === undo.aggregate && c.verb === verb)).toBeDefined();
    if (!undo.row) return expect(undo.says?.(event).every(s => s.name !== '' && s.is !== s.will)).toBe(true);
    const view = viewOf(service, undo.row.view);
    expect(view).toBeDefined();
    // Every field that is shown is one of the view's.
    const fields = Object.keys((view?.data as unknown as { shape: Fields } | undefined)?.shape ?? {});
    for (const field of undo.row.fields) expect(fields).toContain(field.split('.')[0]);
  });
  it.each(commands)('$name makes an input that its command takes, from the row of before', ({ event, undo }) => {
    const { service } = event.aggregate;
    const before = undo.row && viewOf(service, undo.row.view)?.example as Fields | undefined;
    const sending = undo.make({ event, before, now: NOW });
    if (typeof sending === 'string') return expect(sending).toMatch(/^[A-Z].*\.$/);
    const contract = commandsOf(service).find(c => c.aggregate === undo.aggregate && c.verb === sending.verb);
    expect(undo.verbs).toContain(sending.verb);
    expect(contract?.input.safeParse(sending.input).error?.issues ?? []).toEqual([]);
  });

  it.each([
    [undone('vps', 'server', 'ServerRenamed', { name: 'b' }, { name: 'a' }), { verb: 'rename', input: { name: 'a' } }],
    [undone('vps', 'server', 'ServerTagged', { tags: ['x'] }, { name: 'a' }), { verb: 'tag', input: { tags: [] } }],
    [undone('vps', 'server', 'PowerChanged', { from: 'running', to: 'off' }), { verb: 'power-on', input: {} }],
    [undone('vps', 'server', 'PowerChanged', { from: 'unknown', to: 'off' }), 'cannot'],
    // A mute that would be over by now is not brought back.
    [undone('vps', 'alert', 'AlertMuted', { kind: 'disk', until: null }, { muted: { disk: '2026-11-20T00:00:00.000Z' } }), { verb: 'mute', input: { kind: 'disk', until: null } }],
    [undone('vps', 'alert', 'AlertMuted', { kind: 'disk', until: null }, { muted: { disk: '2026-11-22T00:00:00.000Z' } }), { verb: 'mute', input: { kind: 'disk', until: '2026-11-22T00:00:00.000Z' } }],
    [undone('auth', 'member', 'MemberRoleAssigned', { role: 'admin' }, { role: 'viewer' }), { verb: 'assign', input: { role: 'viewer' } }],
    [undone('auth', 'member', 'MemberRemoved', {}, { role: 'viewer' }), 'cannot'],
    [undone('auth', 'role', 'RoleDefined', { description: 'x', grants: [] }), { verb: 'remove', input: {} }],
    [undone('auth', 'preferences', 'PreferencesSet', { changes: { theme: 'dark', language: 'de' } }, { values: { theme: 'light' } }), { verb: 'set', input: { changes: { theme: 'light', language: null } } }],
    [undone('terminals', 'files', 'FileRenamed', { from: '/a', to: '/b', replaced: true }), 'It took the place of another file, which is gone.'],
    [undone('applications', 'application', 'WorkEnded', { kind: 'stop', outcome: 'done' }), { verb: 'start', input: {} }],
    [undone('applications', 'application', 'WorkEnded', { kind: 'upgrade', outcome: 'done' }), 'page'],
    [undone('nobody', 'x', 'Y', {}), 'cannot'], [undone('vps', 'server', 'constructor', {}), 'cannot'],
  ])('%j', (made, expected) => expect(made).toEqual(expected));
});
