import { describe, expect, it } from '@jest/globals';
import { SERVICES } from '@xanthus/proto';
import { aside, AUDITED, readable, streamOf } from './streams.js';
import { CACHED, compareEvents, Timeline, type AuditEvent, type Block } from './timeline.js';

/** A random that is the same every time. */
const random = (seed: number) => () => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return seed / 2_147_483_648; };

/** Events of three streams in any density, with moments in common, and their blocks. */
const made = (count: number, size = 100, seed = 7) => {
  const next = random(seed);
  const streams = ['AUTH', 'DNS', 'VPS'];
  const seqs = new Map(streams.map(s => [s, 0]));
  const all: AuditEvent[] = [];
  let at = 1_000_000;
  for (let i = 0; i < count; i++) {
    const stream = streams[Math.floor(next() * next() * 3)] ?? 'VPS';
    if (next() > 0.3) at += Math.floor(next() * 40);
    const seq = (seqs.get(stream) ?? 0) + 1 + Math.floor(next() * 3);
    seqs.set(stream, seq);
    all.push({ stream, seq, at, payload: i });
  }
  const blocks: Block[] = [];
  const tails = new Map<string, AuditEvent[]>();
  for (const stream of streams) {
    const own = all.filter(e => e.stream === stream);
    let i = 0;
    for (; i + size <= own.length - 5; i += size) {
      const part = own.slice(i, i + size);
      blocks.push({ stream, from_seq: part[0]?.seq ?? 0, seq: part.at(-1)?.seq ?? 0, events: size, total: i + size, from_time: part[0]?.at ?? 0, time: part.at(-1)?.at ?? 0 });
    }
    tails.set(stream, own.slice(i));
  }
  const of = (block: Block): AuditEvent[] => all.filter(e => e.stream === block.stream && e.seq >= block.from_seq && e.seq <= block.seq);
  return { all: all.toSorted(compareEvents), blocks, tails, of, streams };
};
const built = (m: ReturnType<typeof made>): Timeline => {
  const timeline = new Timeline(m.streams);
  for (const stream of m.streams) {
    timeline.addBlocks(stream, m.blocks.filter(b => b.stream === stream).toReversed());
    timeline.append(stream, m.tails.get(stream) ?? []);
  }
  return timeline;
};
/** As the page does: reads what is missing until all is there. */
const readAll = (timeline: Timeline, m: ReturnType<typeof made>, from: number, to: number): readonly (AuditEvent | undefined)[] => {
  for (let i = 0; i < 100; i++) {
    const { rows, missing } = timeline.window(from, to);
    if (missing.length === 0) return rows;
    const [block] = missing;
    if (block) timeline.give(block, m.of(block));
  }
  throw new Error('it never ends');
};

describe('the timeline of several streams', () => {
  it('shows the newest when only the ends of the newest blocks are read, and later all the rest in the same places', () => {
    const m = made(5_000);
    const timeline = built(m);
    for (const stream of m.streams) {
      const block = timeline.blocks(stream).at(-1) as Block;
      const from = block.seq - 60;
      timeline.giveEnd(block, from, m.of({ ...block, from_seq: from }));
      expect(timeline.blocks(stream).at(-1)).toMatchObject({ from_seq: from, seq: block.seq, total: block.total });
    }
    expect(timeline.count).toBe(5_000);
    const newest = timeline.window(4_970, 5_000);
    expect(newest.rows).toEqual(m.all.slice(-30));
    expect(newest.missing).toEqual([]);
    expect(readAll(timeline, m, 4_000, 5_000)).toEqual(m.all.slice(4_000));
  });
  it('takes an end in which nothing is, or everything, as what it is', () => {
    const m = made(2_000);
    const timeline = built(m);
    const block = timeline.blocks('VPS').at(-1) as Block;
    timeline.giveEnd(block, block.seq, []);
    expect([timeline.has(block), timeline.blocks('VPS').at(-1)]).toEqual([false, block]);
    timeline.giveEnd(block, block.from_seq, m.of(block));
    expect(timeline.events(block)).toHaveLength(block.events);
  });
  it('knows how many there are without having read them', () => {
    const m = made(5_000);
    expect(built(m).count).toBe(5_000);
  });
  it('shows the same anywhere as if all were sorted', () => {
    const m = made(5_000);
    for (const from of [0, 1, 733, 2_500, 4_321, 4_960]) {
      const rows = readAll(built(m), m, from, from + 40);
      expect(rows.map(e => e?.payload)).toEqual(m.all.slice(from, from + 40).map(e => e.payload));
    }
  });
  it('has the newest at once: they are followed', () => {
    const m = made(5_000);
    const { rows } = built(m).window(4_996, 5_000);
    expect(rows.some(Boolean)).toBe(true);
  });
  it('moves nothing that is shown by what is read later', () => {
    const m = made(8_000, 100, 3);
    const timeline = built(m);
    const before = readAll(timeline, m, 3_000, 3_060);
    const next = random(11);
    for (let i = 0; i < 30; i++) { const block = m.blocks[Math.floor(next() * m.blocks.length)]; if (block) timeline.give(block, m.of(block)); }
    const { rows } = timeline.window(3_000, 3_060);
    rows.forEach((event, i) => { if (event) expect(event).toEqual(before[i]); });
    expect(timeline.rankOf(before[7] as AuditEvent)).toBe(3_007);
  });
  it('keeps only so many blocks', () => {
    const m = made(20_000, 50);
    const timeline = built(m);
    for (const block of m.blocks) timeline.give(block, m.of(block));
    expect(timeline.cached).toBe(CACHED);
  });
  it('takes what comes at the end, and what was sealed of it becomes its block', () => {
    const m = made(1_000);
    const timeline = built(m);
    const at = m.all.at(-1)?.at ?? 0;
    const last = timeline.tail('VPS').at(-1)?.seq ?? timeline.sealedTo('VPS');
    timeline.append('VPS', [{ stream: 'VPS', seq: last + 1, at: at + 5, payload: 'x' }, { stream: 'VPS', seq: last, at, payload: 'twice' }]);
    expect(timeline.count).toBe(1_001);
    const tail = timeline.tail('VPS');
    const total = (timeline.blocks('VPS').at(-1)?.total ?? 0) + tail.length;
    timeline.addBlocks('VPS', [{ stream: 'VPS', from_seq: tail[0]?.seq ?? 0, seq: last + 1, events: tail.length, total, from_time: tail[0]?.at ?? 0, time: at + 5 }]);
    expect([timeline.count, timeline.tail('VPS').length]).toEqual([1_001, 0]);
    expect(timeline.window(1_000, 1_001)).toMatchObject({ rows: [{ payload: 'x' }], missing: [] });
  });
  it('holds what came late in its place, and what is older keeps its own', () => {
    const timeline = new Timeline(['AUTH', 'VPS']);
    timeline.append('VPS', [1, 2, 3].map(seq => ({ stream: 'VPS', seq, at: seq * 10, payload: seq })));
    timeline.append('AUTH', [{ stream: 'AUTH', seq: 1, at: 25, payload: 'late' }]);
    expect(timeline.window(0, 4).rows.map(e => e?.payload)).toEqual([1, 2, 'late', 3]);
  });
  it('stays in order where a clock went back', () => {
    const timeline = new Timeline(['VPS']);
    timeline.append('VPS', [30, 20, 40].map((at, i) => ({ stream: 'VPS', seq: i + 1, at, payload: i })));
    expect(timeline.window(0, 3).rows.map(e => e?.payload)).toEqual([0, 1, 2]);
  });
  it('asks for the index of what lies before the blocks that are known', () => {
    const m = made(2_000, 100);
    const timeline = new Timeline(m.streams);
    for (const stream of m.streams) timeline.addBlocks(stream, m.blocks.filter(b => b.stream === stream).slice(-2), 1_000_000);
    for (const stream of m.streams) timeline.append(stream, m.tails.get(stream) ?? []);
    expect(timeline.count).toBe(2_000);
    const { rows, missing } = timeline.window(0, 10);
    expect(rows.every(r => r === undefined)).toBe(true);
    expect(missing.some(b => b.from_seq === 0)).toBe(true);
  });
  it('is empty of nothing', () => expect([new Timeline([]).count, new Timeline(['VPS']).window(0, 0).rows.length, new Timeline(['VPS']).momentOf(0)]).toEqual([0, 0, 0]));
});

describe('the streams that may be read', () => {
  it('are those of every service with events, but audit itself', () =>
    expect([...AUDITED].toSorted()).toEqual(Object.entries(SERVICES).filter(([name, { events }]) => name !== 'audit' && Object.keys(events).length > 0).map(([name]) => name).toSorted()));
  it('are whole, in part, or not at all', () => {
    const document = { subjects: [], commands: [], buckets: {}, streams: { VPS: ['evt.acme.vps.>'], DNS: ['evt.acme.dns.zone.z1', 'evt.acme.dns.plan.*', 'mark.acme.>'] } };
    const found = readable(document, 'acme', request => request.what === 'stream' && request.stream === 'VPS');
    expect(found.find(s => s.service === 'vps')).toEqual({ service: 'vps', stream: 'VPS', whole: true, filters: ['evt.acme.vps.>'] });
    expect(found.find(s => s.service === 'dns')).toMatchObject({ whole: false, filters: ['evt.acme.dns.plan.*', 'evt.acme.dns.zone.z1'] });
    expect(found.find(s => s.service === 'auth')?.filters).toEqual([]);
    expect(streamOf('night-jobs')).toBe('NIGHT_JOBS');
  });
  it('are read aside of who follows them', () => expect([aside('evt.acme.vps.>'), aside('evt.acme.vps.server.x')]).toEqual(['evt.acme.vps.*.*', 'evt.acme.vps.server.x']));
});
