import { BlockList } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Actor } from '@xanthus/proto';
import { mustBeReachable, parseAddresses } from '../forwards/addresses.js';
import { forwardDecider, type ForwardCommand } from './forward.decide.js';
import { evolveForward, initialForward, type ForwardState } from './forward.js';

const [ADA, BOB]: readonly Actor[] = [{ kind: 'person', id: 'ada' }, { kind: 'person', id: 'bob' }];
const at = (seconds: number): string => new Date(Date.parse('2026-11-21T19:00:00.000Z') + seconds * 1_000).toISOString();
const OPEN: ForwardCommand = { type: 'Open', server: '01jd3x8e2v5y9w4z7q6r1s0tsv', server_name: 'web-1', address: '127.0.0.1', port: 3_000, scheme: 'http', insecure: false, names: 'local', title: 'preview', share: 'me', label: 'p-x', ends_at: at(3_600) };
const step = (state: ForwardState, command: ForwardCommand, actor: Actor | undefined = ADA, seconds = 0): { readonly state: ForwardState; readonly types: readonly string[] } => {
  const events = forwardDecider.decide(state, command, { tenant: 'acme', id: 'f', actor: actor as Actor, now: at(seconds), command_id: 'c', correlation_id: 'c' });
  return { types: events.map(e => e.type), state: events.reduce((s, e) => evolveForward(s, e, { actor: actor as Actor, occurred_at: at(seconds) }), state) };
};
const code = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('an open port', () => {
  const { state: opened } = step(initialForward, OPEN);
  const { state: shared } = step(initialForward, { ...OPEN, share: 'tenant' });

  it('lets in whom it is for, each ticket once, until its time', () => {
    const first = step(opened, { type: 'Enter', entry: 'e1' });
    expect(first.types).toEqual(['ForwardEntered']);
    expect(code(() => step(first.state, { type: 'Enter', entry: 'e1' }, ADA, 29))).toBe('FORWARD.ENTRY_USED');
    expect(code(() => step(opened, { type: 'Enter', entry: 'e1' }, BOB))).toBe('FORWARD.NOT_SHARED');
    expect(step(shared, { type: 'Enter', entry: 'e1' }, BOB).types).toEqual(['ForwardEntered']);
    expect(code(() => step(opened, { type: 'Enter', entry: 'e1' }, ADA, 3_600))).toBe('FORWARD.OVER');
    expect(code(() => step(initialForward, { type: 'Enter', entry: 'e1' }))).toBe('FORWARD.NOT_FOUND');
  });

  it('remembers tickets as long as they could come again, and no longer', () => {
    let state = opened;
    for (let i = 0; i < 500; i++) ({ state } = step(state, { type: 'Enter', entry: `e${i}` }, ADA, i));
    expect(state.status === 'open' && state.entries.length).toBe(120);
    expect(code(() => step(state, { type: 'Enter', entry: 'e400' }, ADA, 500))).toBe('FORWARD.ENTRY_USED');
  });

  it('gets more time from whoever opened it, and ends once', () => {
    expect(code(() => step(shared, { type: 'Extend', ends_at: at(7_200) }, BOB))).toBe('FORWARD.NOT_YOURS');
    const longer = step(opened, { type: 'Extend', ends_at: at(7_200) }).state;
    expect(step(longer, { type: 'Enter', entry: 'e' }, ADA, 7_000).types).toEqual(['ForwardEntered']);
    const { state } = step(longer, { type: 'Close' }, BOB);
    expect(state).toEqual({ status: 'closed', end: { how: 'closed', message: '' } });
    expect(step(state, { type: 'End', how: 'over', message: '' }).types).toEqual([]);
    for (const command of [{ type: 'Close' }, { type: 'Extend', ends_at: at(1) }, { type: 'Enter', entry: 'e' }] as const) expect(code(() => step(state, command))).toBe('FORWARD.OVER');
    expect(step(state, OPEN).types).toEqual([]);
    expect(evolveForward(state, { type: 'Whatever', data: {} })).toBe(state);
  });
});

it('addresses are the server\'s own, and what the operator allows; never metadata', () => {
  const allowed = parseAddresses('10.0.0.0/8, 192.0.2.7,fd00::/8, 169.254.0.0/16');
  const refused = (list: BlockList, address: string): boolean => code(() => mustBeReachable(list, address)) === 'FORWARD.ADDRESS_FORBIDDEN';
  expect(['127.0.0.1', '127.9.9.9', '::1'].filter(a => refused(new BlockList(), a))).toEqual([]);
  expect(['10.1.2.3', '192.0.2.7', 'fd00::9', '8.8.8.8'].filter(a => !refused(new BlockList(), a))).toEqual([]);
  expect(['10.1.2.3', '192.0.2.7', 'fd00::9'].filter(a => refused(allowed, a))).toEqual([]);
  expect(['11.0.0.1', '192.0.2.8', '169.254.169.254', '::ffff:169.254.169.254', '0.0.0.0', 'fe80::1'].filter(a => !refused(allowed, a))).toEqual([]);
  for (const bad of ['localhost', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0/8', '::/129', '10.0.0.1/']) expect(() => parseAddresses(bad)).toThrow(bad);
});
