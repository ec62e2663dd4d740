import { beforeEach, describe, expect, it } from '@jest/globals';
import { AggregateCache, handle, MemoryEventStore, MemorySnapshotStore, newId, readState } from '@xanthus/kernel';
import { allows, type CapabilityRequest } from '@xanthus/proto';
import type { StateOfSession } from '../session/session.js';
import { isLiving } from '../session/session.js';
import { sessionType, type SessionCommand } from '../session/session.decide.js';
import type { TerminalsContext } from '../terminals.context.js';
import { createLiving } from './living.js';
import { createOwnWatch } from './watch-own.js';

const [EVE, ANN, BOB, SERVER, ID] = ['01jd3x8e2v5y9w4z7q6r1s0tee', '01jd3x8e2v5y9w4z7q6r1s0tan', '01jd3x8e2v5y9w4z7q6r1s0tb0', '01jd3x8e2v5y9w4z7q6r1s0tsv', '01jd3x8e2v5y9w4z7q6r1s0tse'];
const START = Date.parse('2026-01-01T00:00:00.000Z');
const MINUTE = 60_000;

/** A copy that holds one session, with a clock that is set by hand. */
const ground = () => {
  const said: { readonly op: string; readonly [field: string]: unknown }[] = [];
  const ends: unknown[] = [];
  const may = new Set([ANN, BOB, EVE]);
  const at = { now: START, typed: 0, current: true, reviews: 0 };
  const forgotten = new Set<string>();
  const rights = {
    current: () => at.current,
    allows: (_tenant: string, person: string, request: CapabilityRequest) => may.has(person) && allows({ subjects: ['tty.acme.>'], commands: ['cmd.acme.vps.>'], buckets: {}, streams: {} }, request),
  };
  const host = {
    has: () => true, lastTyped: () => at.typed, say: (_t: string, _s: string, control: (typeof said)[number]) => void said.push(control), review: () => void at.reviews++,
    end: async (_t: string, _s: string, how: unknown) => void ends.push(how),
  };
  const on = {
    store: new MemoryEventStore(), snapshots: new MemorySnapshotStore(), cache: new AggregateCache(), living: createLiving(), now: () => at.now, forgotten, rights, host, log: { warn: (error: unknown) => { throw error; } },
  } as unknown as TerminalsContext;
  const own = createOwnWatch(on);
  const command = (command: SessionCommand) => handle(on, sessionType, { tenant: 'acme', id: ID, actor: { kind: 'person', id: ANN }, now: new Date(at.now).toISOString(), command_id: newId(), correlation_id: newId() }, command);
  const state = () => readState(on, sessionType, 'acme', ID);
  return {
    on, said, ends, may, at, forgotten, command, state,
    /** What the view would bring, then a look at this minute. */
    async look(minute: number) {
      const now = await state();
      const fresh = createLiving();
      if (isLiving(now)) fresh.expect({ ...now, tenant: 'acme', id: ID } satisfies StateOfSession);
      Object.assign(on.living, fresh);
      at.now = START + minute * MINUTE;
      await own.look();
    },
  };
};

let g: ReturnType<typeof ground>;
beforeEach(async () => {
  g = ground();
  await g.command({
    type: 'Request', server: SERVER, server_name: 'web-1', title: 'web-1', cols: 80, rows: 24, locale: null, durable: false, recording: 'off', moderated: false, integration: true, purpose: null, idle_minutes: 30, ends_at: new Date(START + 60 * MINUTE).toISOString(),
  });
});

describe('a session that is looked after', () => {
  it('ends when nobody types, after one warning of two minutes', async () => {
    await g.look(27);
    expect(g.said).toEqual([]);
    await g.look(28);
    await g.look(29);
    expect(g.said).toEqual([{ op: 'warning', reason: 'idle', ends_at: '2026-01-01T00:30:00.000Z' }]);
    await g.look(30);
    expect(await g.state()).toMatchObject({ status: 'ended', end: { how: 'idle', message: 'Nobody typed for 30 minutes.' } });
    expect(g.ends).toEqual([{ how: 'idle', message: 'Nobody typed for 30 minutes.' }]);
  });

  it('stays when somebody types after the warning, and ends with its time all the same, unless somebody extends it', async () => {
    await g.look(28);
    g.at.typed = START + 29 * MINUTE;
    await g.look(29);
    expect(g.said.map(s => s.op)).toEqual(['warning', 'stay']);
    g.at.typed = START + 57 * MINUTE;
    await g.look(58);
    expect(g.said.at(-1)).toEqual({ op: 'warning', reason: 'time', ends_at: '2026-01-01T01:00:00.000Z' });
    await g.command({ type: 'Extend', until: '2026-01-01T02:00:00.000Z' });
    await g.look(61);
    expect(g.said.at(-1)).toEqual({ op: 'stay', ends_at: '2026-01-01T02:00:00.000Z' });
    g.at.typed = START + 119 * MINUTE;
    await g.look(120);
    expect(g.ends).toEqual([{ how: 'time', message: expect.any(String) }]);
  });

  it('counts idle time from when somebody said that they stay', async () => {
    g.at.now = START + 29 * MINUTE;
    await g.command({ type: 'Extend', until: '2026-01-01T01:00:00.000Z' });
    await g.look(31);
    expect([g.said, g.ends]).toEqual([[], []]);
  });

  it('is left by those who may no longer be in it, and ends with the rights of its owner', async () => {
    await g.command({ type: 'Share', person: BOB, role: 'peer', until: null });
    await g.command({ type: 'Share', person: EVE, role: 'observer', until: null });
    for (const person of [BOB, EVE]) g.may.delete(person);
    await g.look(1);
    expect(await g.state()).toMatchObject({ status: 'opening', participants: [{ person: ANN }] });
    expect(g.at.reviews).toBe(2);
    g.may.delete(ANN);
    g.at.current = false;
    await g.look(2);
    expect(await g.state()).toMatchObject({ status: 'opening' });
    g.at.current = true;
    await g.look(3);
    expect(await g.state()).toMatchObject({ status: 'ended', end: { how: 'rights' } });
  });

  it('takes back invitations that are over', async () => {
    await g.command({ type: 'Share', person: BOB, role: 'peer', until: '2026-01-01T00:05:00.000Z' });
    await g.look(4);
    expect(await g.state()).toMatchObject({ participants: [{ person: ANN }, { person: BOB }] });
    await g.look(5);
    expect(await g.state()).toMatchObject({ participants: [{ person: ANN }] });
    expect(g.at.reviews).toBe(1);
  });

  it('ends with its organisation', async () => {
    g.forgotten.add('acme');
    await g.look(1);
    expect(g.ends).toEqual([{ how: 'rights', message: 'The organisation was forgotten.' }]);
  });
});
