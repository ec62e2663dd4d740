/** The chain over real streams: sealed once whatever is killed, found by any filter, and what was changed is found too. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { auditKeys, auditSigner, declarationsOf, eventStream, fits, followChain, mayFit, provision, readPage, type AuditSearch, type ChainBlock, type ChainKeeper, type PublicJwk } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { eventually, startNats, type TestNats } from '@xanthus/testing';
import fc from 'fast-check';
import { BlockIndex } from './block-index.js';
import { findRanges, listBlocks } from './find.js';
import { chainKeeper } from './keeper.js';
import { verifyChain } from './verify.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const jwk = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:audit' };
const signer = auditSigner(jwk);
const keys = auditKeys([jwk as PublicJwk]);
const LONG = 3_600_000;

let nats: TestNats;
let nc: NatsConnection;
const api = async (verb: string, body: object = {}): Promise<void> => {
  const { error } = (await nc.request(`$JS.API.${verb}`, JSON.stringify(body))).json<{ error?: { description: string } }>();
  if (error) throw new Error(`${verb}: ${error.description}`);
};
/** VPS only repeats what ORIGIN has, with its sequences and times; `changed`: one subject comes out as another. */
const mirrorVps = (changed?: { src: string; dest: string }): Promise<void> =>
  api('STREAM.CREATE.VPS', { name: 'VPS', storage: 'file', allow_direct: true, retention: 'limits', discard: 'old', num_replicas: 1, mirror: { name: 'ORIGIN', ...(changed ? { subject_transforms: [changed, ...['server', 'ssh-key'].map(name => ({ src: `evt.*.vps.${name}.>`, dest: `evt.{{wildcard(1)}}.vps.${name}.>` }))] } : {}) } });

interface Stored { readonly stream: string; readonly seq: number; readonly subject: string; readonly time: number; readonly event: Record<string, unknown> }
const all = async (service: string): Promise<Stored[]> => {
  const found: Stored[] = [];
  for (let seq = 1; ;) {
    const { messages } = await readPage(nc, service.toUpperCase(), { seq, next_by_subj: `evt.*.${service}.>`, batch: 500 });
    if (messages.length === 0) return found;
    found.push(...messages.map(m => ({ stream: service.toUpperCase(), seq: m.seq, subject: m.subject, time: Date.parse(m.time), event: JSON.parse(Buffer.from(m.data).toString()) as Record<string, unknown> })));
    seq = (messages.at(-1)?.seq ?? seq) + 1;
  }
};
const blocksOf = async (tenant: string, service: string): Promise<ChainBlock[]> => {
  const { messages } = await readPage(nc, 'AUDIT', { seq: 1, next_by_subj: `evt.${tenant}.audit.chain.${service}`, batch: 900 });
  return messages.map(m => (JSON.parse(Buffer.from(m.data).toString()) as { data: ChainBlock }).data);
};
/** Runs a follower until `done`; what it throws begins it anew, as its lock does. */
const follow = async (service: string, keeper: ChainKeeper, o: { events?: number; age?: number }, done: () => Promise<boolean>): Promise<number> => {
  const stop = new AbortController();
  let begun = 0;
  const running = (async () => {
    while (!stop.signal.aborted) {
      begun++;
      await followChain(nc, { stream: service.toUpperCase(), filter: `evt.*.${service}.>`, keeper, signer, events: o.events ?? 10, age: o.age ?? LONG, log }, stop.signal).catch(() => undefined);
    }
  })();
  await eventually(done, { timeout: 60_000, every: 10 });
  stop.abort();
  await running;
  return begun;
};
const sealed = (service: string, wanted: Readonly<Record<string, number>>) => async (): Promise<boolean> =>
  (await Promise.all(Object.entries(wanted).map(async ([tenant, n]) => (await blocksOf(tenant, service)).at(-1)?.total === n))).every(Boolean);
/** Each event of the tenant in exactly one block, and each block right after the one before. */
const expectOnce = async (tenant: string, service: string): Promise<void> => {
  const events = (await all(service)).filter(e => e.subject.split('.')[1] === tenant).map(e => e.seq);
  const blocks = await blocksOf(tenant, service);
  let at = 0;
  for (const [i, b] of blocks.entries()) {
    expect(events.slice(at, at + b.events)).toEqual(events.filter(seq => seq >= b.from_seq && seq <= b.seq));
    at += b.events;
    expect([b.total, b.previous]).toEqual([at, i === 0 ? b.previous : blocks[i - 1]?.hash]);
  }
  const result = await verifyChain({ nc, index: new BlockIndex(nc), keys }, tenant, service, 0, 50);
  expect(result).toMatchObject({ events: at, blocks: blocks.length, done: true });
  expect(result.problem).toBeUndefined();
};

const PEOPLE = [newId(), newId(), newId()];
const CORRELATIONS = Array.from({ length: 12 }, () => newId());
const THINGS = ['a1', 'b2', 'c3', 'd4'];
const pick = <T>(of: readonly T[], n: number): T => of[n % of.length] as T;
const write = (service: string, tenant: string, aggregate: string, n: number): void => {
  const id = pick(THINGS, n * 7);
  nc.publish(`evt.${tenant}.${service}.${aggregate}.${id}`, JSON.stringify({
    id: newId(), type: n % 11 === 0 ? 'Renamed' : 'Observed', schema: 1, tenant, aggregate: { service, name: aggregate, id }, occurred_at: new Date().toISOString(), actor: { kind: 'person', id: pick(PEOPLE, n * 5) },
    command_id: n % 13 === 0 ? `then-${CORRELATIONS[0]}-0` : newId(), correlation_id: pick(CORRELATIONS, n >> 3), data: { n },
  }));
};

beforeAll(async () => {
  nats = await startNats();
  nc = await nats.connect();
  await provision(nc, [declarationsOf('dns'), declarationsOf('audit'), { streams: [{ ...eventStream('vps'), name: 'ORIGIN', immutable: false }], buckets: [] }], { replicas: 1 });
  await mirrorVps();
  for (let n = 0; n < 240; n++) write('vps', n % 5 === 4 ? 'rival' : 'acme', n % 3 === 0 ? 'ssh-key' : 'server', n);
  nc.publish('evt.acme.vps.odd.one', JSON.stringify({ id: newId(), type: 'Observed', data: {} }));
  for (let n = 0; n < 150; n++) write('dns', n % 3 === 2 ? 'rival' : 'acme', 'zone', n);
  await nc.flush();
  await eventually(async () => (await all('vps')).length === 241 && (await all('dns')).length === 150, { every: 10 });
});
afterAll(() => nats?.stop());

describe('sealing', () => {
  it('counts each event once, whatever fails before, within and after a write', async () => {
    const keeper = chainKeeper(nc, 'vps');
    let n = 0;
    const shaky: ChainKeeper = {
      ...keeper,
      append: async (tenant, block, kept) => {
        const turn = n++ % 5;
        if (turn === 1) throw new Error('before');
        const at = await keeper.append(tenant, block, kept);
        if (turn === 3) throw new Error('after: the answer was lost');
        return at;
      },
      // of positions only some are kept, and none at the end
      move: async (position) => { if (position.seq < 100) await keeper.move(position); },
    };
    const begun = await follow('vps', shaky, {}, sealed('vps', { acme: 190, rival: 40 }));
    expect(begun).toBeGreaterThan(4);
    await expectOnce('acme', 'vps');
    await expectOnce('rival', 'vps');
  });

  it('counts each event once with two at work that know nothing of each other', async () => {
    await Promise.all([1, 2].map(() => follow('dns', chainKeeper(nc, 'dns'), {}, sealed('dns', { acme: 100, rival: 50 }))));
    await expectOnce('acme', 'dns');
    await expectOnce('rival', 'dns');
  });

  it('waits for no full block: what is old is sealed, and a start goes on where the last one stopped', async () => {
    await follow('vps', chainKeeper(nc, 'vps'), { age: 1 }, sealed('vps', { acme: 193, rival: 48 }));
    await expectOnce('acme', 'vps');
    const appended: string[] = [];
    const keeper = chainKeeper(nc, 'vps');
    expect((await keeper.position())?.seq).toBe(241);
    write('vps', 'acme', 'server', 77);
    await follow('vps', { ...keeper, append: (tenant, block, kept) => { appended.push(`${tenant} ${block.from_seq}`); return keeper.append(tenant, block, kept); } }, { age: 1 }, sealed('vps', { acme: 194 }));
    expect(appended).toEqual(['acme 242']);
  });

  it('begins anew where its position is of another log, and seals nothing twice', async () => {
    const keeper = chainKeeper(nc, 'dns');
    await keeper.move({ seq: 9_999, epoch: 'another', blocks: { seq: 1, epoch: 'another' } });
    write('dns', 'acme', 'zone', 5);
    await follow('dns', keeper, { age: 1 }, sealed('dns', { acme: 101 }));
    await expectOnce('acme', 'dns');
  });
});

describe('finding', () => {
  it('misses nothing that fits, whatever is asked for, page by page', async () => {
    const events = [...await all('vps'), ...await all('dns')].filter(e => e.subject.startsWith('evt.acme.'));
    const index = new BlockIndex(nc);
    const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const [first = 0, last = 0] = [Math.min(...events.map(e => e.time)), Math.max(...events.map(e => e.time))];
    const search: fc.Arbitrary<AuditSearch> = fc.record({
      actor: maybe(fc.constantFrom(...PEOPLE, 'nobody')), correlation: maybe(fc.constantFrom(...CORRELATIONS)), type: maybe(fc.constantFrom('Renamed', 'Observed')), command: maybe(fc.constantFrom(CORRELATIONS[0], `then-${CORRELATIONS[0]}-0`)),
      thing: maybe(fc.record({ service: fc.constantFrom('vps', 'dns'), aggregate: maybe(fc.constantFrom('server', 'ssh-key', 'zone')), id: maybe(fc.constantFrom(...THINGS)) })),
      from: maybe(fc.integer({ min: first, max: last })), to: maybe(fc.integer({ min: first, max: last + 1 })),
    });
    await fc.assert(fc.asyncProperty(search, fc.integer({ min: 1, max: 9 }), async (asked, limit) => {
      const ranges: { stream: string; from_seq: number; to_seq: number | null }[] = [];
      for (let before: { stream: string; seq: number } | undefined; ;) {
        const page = await findRanges(index, 'acme', ['vps', 'dns'], asked, before, limit);
        ranges.push(...page.ranges);
        if (page.complete) break;
        before = page.next;
        expect(before).toBeDefined();
      }
      const fitting = events.filter(e => fits(asked, { subject: e.subject, time: e.time, event: e.event as object }));
      expect(fitting.filter(e => !ranges.some(r => r.stream === e.stream && e.seq >= r.from_seq && e.seq <= (r.to_seq ?? Number.POSITIVE_INFINITY)))).toEqual([]);
    }), { numRuns: 120 });
  });

  it('leaves out what cannot fit, and says where blocks lie, newest first', async () => {
    const index = new BlockIndex(nc);
    const newest = await Promise.all(['vps', 'dns'].map(async service => (await blocksOf('acme', service)).at(-1)!));
    const strangers: AuditSearch[] = [];
    // A newest block that seems to have it would be one with what is not sealed yet.
    while (strangers.length < 20) {
      const search = { correlation: newId() };
      if (!newest.some(block => mayFit(Buffer.from(block.keys, 'base64'), search))) strangers.push(search);
    }
    let perhaps = 0;
    for (const search of strangers) {
      const { ranges, complete } = await findRanges(index, 'acme', ['vps', 'dns'], search, undefined, 100);
      // what is not sealed yet, and hardly ever a block that seems to have it
      expect([complete, ...ranges.slice(0, 2)]).toEqual([true, ...newest.map(({ stream, seq }) => ({ stream, from_seq: seq + 1, to_seq: null }))]);
      perhaps += ranges.length - 2;
    }
    expect(perhaps).toBeLessThan(30);
    const { blocks } = await listBlocks(index, 'acme', ['vps', 'dns'], undefined, 2_000);
    expect(blocks.reduce((n, b) => n + b.events, 0)).toBe(194 + 101);
    const paged: typeof blocks = [];
    for (let page = await listBlocks(index, 'acme', ['vps', 'dns'], undefined, 7); page.blocks.length > 0;) {
      paged.push(...page.blocks);
      const end = page.blocks.at(-1);
      page = await listBlocks(index, 'acme', ['vps', 'dns'], end && { stream: end.stream, seq: end.from_seq }, 7);
    }
    expect(paged).toEqual(blocks);
    expect((await listBlocks(index, 'nobody', ['vps', 'dns'], undefined, 7)).blocks).toEqual([]);
  });
});

describe('verifying', () => {
  const verify = async (after = 0) => verifyChain({ nc, index: new BlockIndex(nc), keys }, 'acme', 'vps', after, 50);

  it('goes on block by block', async () => {
    const one = await verifyChain({ nc, index: new BlockIndex(nc), keys }, 'acme', 'vps', 0, 1);
    expect(one).toMatchObject({ events: 10, blocks: 1, done: false });
    const rest = await verify(one.verified_to);
    expect(rest).toMatchObject({ verified_to: 242, events: 184, done: true });
    await expect(verify(3)).rejects.toThrow(/No block of VPS ends at 3/);
  });

  it('finds one event that is another one now, and one that is gone', async () => {
    const odd = (await all('vps')).find(e => e.subject.endsWith('.odd.one'))?.seq ?? 0;
    const block = (await blocksOf('acme', 'vps')).find(b => b.from_seq <= odd && b.seq >= odd);
    await api('STREAM.DELETE.VPS');
    await mirrorVps({ src: 'evt.acme.vps.odd.one', dest: 'evt.acme.vps.even.one' });
    await eventually(async () => (await all('vps')).some(e => e.seq === 242), { every: 10 });
    expect(await verify()).toMatchObject({ done: true, problem: { kind: 'changed', seq: block?.from_seq, message: `An event between ${block?.from_seq} to ${block?.seq} is not what was sealed.` } });
    const gone = (await blocksOf('acme', 'vps'))[2];
    expect(block?.seq).toBeGreaterThan(gone?.seq ?? 0);
    await api('STREAM.MSG.DELETE.VPS', { seq: gone?.seq });
    expect(await verify()).toMatchObject({ blocks: 2, problem: { kind: 'missing', seq: gone?.from_seq, message: expect.stringMatching(/^1 of the .* is missing/) } });
  });

  it('finds a block that audit did not sign, or that does not follow', async () => {
    const blocks = await blocksOf('rival', 'vps');
    const last = blocks.at(-1) as ChainBlock;
    const forge = async (data: ChainBlock): Promise<unknown> => {
      nc.publish('evt.rival.audit.chain.vps', JSON.stringify({ id: newId(), type: 'BlockSealed', schema: 1, tenant: 'rival', aggregate: { service: 'audit', name: 'chain', id: 'vps' }, data }));
      await nc.flush();
      return (await verifyChain({ nc, index: new BlockIndex(nc), keys }, 'rival', 'vps', 0, 50)).problem;
    };
    expect(await forge({ ...last, from_seq: last.seq + 1, seq: last.seq + 5, previous: last.hash })).toMatchObject({ kind: 'signature', seq: last.seq + 1 });
  });
});
