import { describe, expect, it } from '@jest/globals';
import { AuditDesk, type AuditPorts } from './audit-desk.js';
import { csvOf, fitting, linesIn } from './export-file.js';
import { exportQuery, findOf, isPlain, matcher, readAuditSearch, type AuditFilter } from './filter.js';
import { foundRows, indexedRows, stretchOf } from './list-rows.js';
import { joined, Scan, type Found, type Place } from './scan.js';
import type { Readable } from './streams.js';
import type { AuditEvent, Block } from './timeline.js';

const THING = '01jd3x8e2v5y9w4z7q6r1s0tc0';
const event = (seq: number, change: { readonly type?: string; readonly actor?: string; readonly id?: string; readonly course?: string } = {}): AuditEvent => ({
  stream: 'VPS', seq, at: 1_000 * seq,
  payload: { id: `e${seq}`, type: change.type ?? 'ServerRenamed', actor: { kind: 'person', id: change.actor ?? 'ada' }, aggregate: { service: 'vps', name: 'server', id: change.id ?? THING }, command_id: 'c', correlation_id: change.course ?? `course-${seq}`, data: { name: `web-${seq}` } },
});
const VPS: Readable = { service: 'vps', stream: 'VPS', filters: ['evt.acme.vps.>'], whole: true };
const turns = async (): Promise<void> => { for (let i = 0; i < 200; i++) await Promise.resolve(); };

describe('what is filtered', () => {
  it('stands in the address; what is not understood is left out', () => {
    const search = { thing: `vps.server.${THING}`, actor: 'ada', service: 'vps', type: 'ServerRenamed', correlation: 'c1', from: '2026-11-21T08:00:00Z', q: 'web', event: 'VPS.12' };
    expect(readAuditSearch(search)).toEqual({ ...search, from: '2026-11-21T08:00:00.000Z' });
    expect(readAuditSearch({ thing: 'x.y.z.*', actor: 'a b', service: 'root', type: 'lower', from: 'never', q: '', event: '../x', at: 'x' })).toEqual({});
    expect(readAuditSearch({ q: 7 })).toEqual({ q: '7' });
  });
  it('is asked of audit as far as it helps, and of the export exactly', () => {
    const filter: AuditFilter = { thing: 'vps.server', to: '2026-11-21T08:00:00.000Z', q: 'web' };
    expect(findOf(filter)).toEqual({ thing: { service: 'vps', aggregate: 'server' }, to: '2026-11-21T08:00:00.001Z', streams: ['VPS'] });
    expect(exportQuery(filter, 'csv')).toBe('format=csv&to=2026-11-21T08%3A00%3A00.001Z&streams=VPS&service=vps&aggregate=server');
    expect(exportQuery({ actor: 'ada' }, 'chain')).not.toContain('actor');
    expect([isPlain({ service: 'vps', from: 'x' }), isPlain({ q: 'x' })]).toEqual([true, false]);
  });
  it('fits exactly', () => {
    const all = [event(1), event(2, { actor: 'grace' }), event(3, { id: 'other' }), event(4, { type: 'ServerTagged' }), event(5, { course: 'c5' })];
    const seqs = (filter: AuditFilter): number[] => all.filter(matcher(filter, e => JSON.stringify(e.payload).toLowerCase())).map(e => e.seq);
    expect(seqs({ actor: 'grace' })).toEqual([2]);
    expect(seqs({ thing: `vps.server.${THING}` })).toEqual([1, 2, 4, 5]);
    expect(seqs({ type: 'ServerTagged' })).toEqual([4]);
    expect(seqs({ correlation: 'c5' })).toEqual([5]);
    expect(seqs({ q: 'WEB-3 other' })).toEqual([3]);
    expect(seqs({ service: 'dns' })).toEqual([]);
    expect(seqs({ from: new Date(2_000).toISOString(), to: new Date(4_000).toISOString() })).toEqual([2, 3, 4]);
    expect(matcher({ actor: 'ada' }, () => '')({ stream: 'VPS', seq: 1, at: 1, payload: { $base64: 'x' } })).toBe(false);
  });
});

/** 95 events of one stream: nine blocks of ten, five that are not sealed. */
const ground = () => {
  const all = Array.from({ length: 95 }, (_, i) => event(i + 1, { course: (i + 1) % 30 === 7 ? 'wanted' : 'other' }));
  const blocks: Block[] = Array.from({ length: 9 }, (_, i) => ({ stream: 'VPS', from_seq: i * 10 + 1, seq: i * 10 + 10, events: 10, total: i * 10 + 10, from_time: 1_000 * (i * 10 + 1), time: 1_000 * (i * 10 + 10) }));
  const reads: [number, number | null][] = [];
  let tell: ((events: readonly AuditEvent[]) => void) | undefined;
  const ports: AuditPorts = {
    blocks: (_, before, limit) => Promise.resolve(blocks.filter(b => before === undefined || b.seq < before).toReversed().slice(0, limit)),
    read: (_, from, to) => { reads.push([from, to]); return Promise.resolve(all.filter(e => e.seq >= from && (to === null || e.seq <= to))); },
    follow: (_, from, told) => { tell = told.items; told.items(all.filter(e => typeof from === 'number' && e.seq >= from)); told.live(); return () => { tell = undefined; }; },
  };
  return { all, blocks, reads, ports, came: (e: AuditEvent) => tell?.([e]) };
};
const opened = async (g: ReturnType<typeof ground>): Promise<AuditDesk> => { const desk = new AuditDesk(g.ports, [VPS], new Map()); await turns(); return desk; };

describe('the log for a page', () => {
  it('is counted at once, and reads only what is in sight', async () => {
    const g = ground();
    const desk = await opened(g);
    expect([desk.status, desk.live, desk.timeline.count, g.reads]).toEqual(['ready', true, 95, []]);
    const { events, missing } = indexedRows(desk.timeline, 0, 95).rows(20, 25);
    expect(events.every(e => e === undefined)).toBe(true);
    desk.want(missing);
    await turns();
    expect(indexedRows(desk.timeline, 0, 95).rows(20, 25).events.map(e => e?.seq)).toEqual([75, 74, 73, 72, 71]);
    expect(g.reads).toEqual([[71, 80]]);
    desk.close();
  });
  it('reads of a large newest block only its end at first', async () => {
    const g = ground();
    const all = Array.from({ length: 2_000 }, (_, i) => event(i + 1));
    const blocks: Block[] = [1, 1_001].map(from => ({ stream: 'VPS', from_seq: from, seq: from + 999, events: 1_000, total: from + 999, from_time: 1_000 * from, time: 1_000 * (from + 999) }));
    const desk = await opened({ ...g, ports: { ...g.ports, blocks: () => Promise.resolve(blocks.toReversed()), read: (_, from, to) => { g.reads.push([from, to]); return Promise.resolve(all.filter(e => e.seq >= from && e.seq <= (to ?? Infinity))); } } });
    const top = () => indexedRows(desk.timeline, 0, desk.timeline.count).rows(0, 30);
    // Each drawing asks again for what is not there yet.
    for (let i = 0; i < 3; i++) desk.want(top().missing);
    await turns();
    expect(g.reads).toEqual([[1_905, 2_000]]);
    expect(top().events.map(e => e?.seq)).toEqual(Array.from({ length: 30 }, (_, i) => 2_000 - i));
    desk.want(indexedRows(desk.timeline, 0, 2_000).rows(150, 160).missing);
    await turns();
    expect(g.reads.at(-1)).toEqual([1_001, 1_904]);
    expect(indexedRows(desk.timeline, 0, 2_000).rows(150, 153).events.map(e => e?.seq)).toEqual([1_850, 1_849, 1_848]);
    desk.close();
  });
  it('is followed: what comes is the newest, and does not move what is held', async () => {
    const g = ground();
    const desk = await opened(g);
    g.came(event(96));
    expect(desk.timeline.count).toBe(96);
    expect(indexedRows(desk.timeline, 0, 95).rows(0, 2).events.map(e => e?.seq)).toEqual([95, 94]);
    desk.close();
  });
  it('is cut to a stretch of time exactly once its ends are read', async () => {
    const g = ground();
    const desk = await opened(g);
    const filter = { from: new Date(33_000).toISOString(), to: new Date(57_000).toISOString() };
    for (let i = 0; i < 3; i++) { desk.want(stretchOf(desk.timeline, filter).missing); await turns(); }
    expect(stretchOf(desk.timeline, filter)).toMatchObject({ first: 32, end: 57, missing: [] });
    desk.close();
  });
  it('does without an index where there is none', async () => {
    const g = ground();
    const desk = await opened({ ...g, ports: { ...g.ports, blocks: () => Promise.reject(new Error('no right')) } });
    expect([desk.status, desk.unindexed]).toEqual(['ready', true]);
    desk.close();
  });
});

describe('a search through the log', () => {
  const fits = matcher({ correlation: 'wanted' }, () => '');
  const finding = (g: ReturnType<typeof ground>, page = 4) => (before: Place | undefined): Promise<Found> => {
    const left = g.blocks.toReversed().filter(b => before === undefined || b.seq < before.seq);
    const last = left[page - 1];
    return Promise.resolve({ ranges: [...(before ? [] : [{ stream: 'VPS', from_seq: 91, to_seq: null }]), ...left.slice(0, page).map(b => ({ stream: 'VPS', from_seq: b.from_seq, to_seq: b.seq }))], complete: left.length <= page, ...(left.length > page && last ? { next: { stream: 'VPS', seq: last.from_seq } } : {}) });
  };
  it('finds all of it, newest first, page by page, and what comes meanwhile', async () => {
    const g = ground();
    const desk = await opened(g);
    const scan = new Scan(desk, fits, finding(g));
    g.came(event(97, { course: 'wanted' }));
    await turns();
    expect([scan.state, scan.events.map(e => e.seq), scan.looked]).toEqual(['done', [97, 67, 37, 7], 90]);
    scan.close();
    desk.close();
  });
  it('finds what audit tells as one with what is not sealed yet', async () => {
    const g = ground();
    const desk = await opened(g);
    const scan = new Scan(desk, fits, () => Promise.resolve({ ranges: [{ stream: 'VPS', from_seq: 31, to_seq: null }], complete: true }));
    await turns();
    expect([scan.state, scan.events.map(e => e.seq), scan.looked]).toEqual(['done', [67, 37], 60]);
    scan.close();
    desk.close();
  });
  it('is left off and goes on', async () => {
    const g = ground();
    const desk = await opened(g);
    const scan = new Scan(desk, fits, finding(g));
    scan.cancel();
    await turns();
    expect(scan.state).toBe('paused');
    scan.goOn();
    await turns();
    expect([scan.state, scan.events.map(e => e.seq)]).toEqual(['done', [67, 37, 7]]);
    scan.close();
    desk.close();
  });
  it('says what is wrong, and tries again', async () => {
    const g = ground();
    const desk = await opened(g);
    let bad = true;
    const scan = new Scan(desk, fits, before => (bad ? Promise.reject(Object.assign(new Error('x'), { code: 'UNAVAILABLE', message: 'audit is away' })) : finding(g)(before)));
    await turns();
    expect([scan.state, scan.problem?.code]).toEqual(['failed', 'UNAVAILABLE']);
    bad = false;
    scan.goOn();
    await turns();
    expect(scan.state).toBe('done');
    scan.close();
    desk.close();
  });
  it('reads at once what lies side by side', () => {
    const next = new Map([[10, 11], [20, 21]]);
    const range = (from_seq: number, to_seq: number | null) => ({ stream: 'VPS', from_seq, to_seq });
    expect(joined([range(91, null), range(21, 30), range(11, 20), range(1, 10)], next)).toEqual([[1, 30]]);
    expect(joined([range(21, 30), range(1, 10)], next)).toEqual([[21, 30], [1, 10]]);
    expect(joined([range(21, 30), range(11, 20), range(1, 10)], next, 2)).toEqual([[11, 30], [1, 10]]);
  });
  it('holds the newest back that came while somebody reads', () => expect(foundRows([event(3), event(2), event(1)], 1).rows(0, 2).events.map(e => e?.seq)).toEqual([2, 1]));
});

describe('a file of what was found', () => {
  async function* pieces(...all: readonly string[]): AsyncGenerator<string> { yield* all; }
  const line = (seq: number): string => JSON.stringify({ stream: 'VPS', seq, stored_at: new Date(seq * 1_000).toISOString(), event: event(seq).payload });
  it('is put together from pieces that end anywhere', async () => {
    const found: string[] = [];
    for await (const lines of linesIn(pieces('a\nb', 'c\n', 'd'))) found.push(...lines);
    expect(found).toEqual(['a', 'bc', 'd']);
  });
  it('holds what fits, and the sentence about what is left out', () => {
    const head = JSON.stringify({ comment: 'Not included: AUTH.' });
    expect(fitting([head, line(1), line(2), ''], e => e.seq === 2)).toEqual([head, line(2)]);
    expect(csvOf(head)).toBe('"# Not included: AUTH."\r\n');
  });
  it('is a table that no program takes for formulas', () => {
    expect(csvOf(line(3))).toMatch(/^"VPS","3","1970-01-01T00:00:03.000Z","","ServerRenamed","vps","server",/);
    expect(csvOf(JSON.stringify({ stream: 'VPS', seq: 1, stored_at: 'x', event: { ...(event(1).payload as object), correlation_id: '=1+1' } }))).toContain(`"'=1+1"`);
  });
});
