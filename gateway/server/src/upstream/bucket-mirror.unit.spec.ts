/** Snapshots and changes of a bucket, against a plain map: as of `in_sync`, exactly what the bucket holds. */
import { describe, expect, it } from '@jest/globals';
import { matches } from '@xanthus/proto';
import fc from 'fast-check';
import { Feed } from '../fan-out/feed.js';
import { Outbox } from '../fan-out/outbox.js';
import { BucketMirror } from './bucket-mirror.js';

interface Told { readonly data: { key?: string; kind: string; revision: number; prev: number; value?: number; epoch?: string } }

class ModelClient {
  readonly outbox: Outbox;
  readonly state = new Map<string, number>();
  synced = 0;
  position: number;
  epoch: string;
  private readonly wire: Buffer[] = [];
  private taken = 0;

  constructor(mirror: BucketMirror, readonly pattern: string, after: number, known: ReadonlyMap<string, number>) {
    for (const [key, value] of known) this.state.set(key, value);
    this.outbox = new Outbox({ write: (frames) => { this.wire.push(...frames); for (const f of frames) this.taken += f.length; }, pending: () => this.taken }, { bytes: 1_000, frames: 6 }, () => 0, () => {});
    this.position = after;
    this.epoch = mirror.channel.epoch;
    const feed = new Feed(mirror.channel, pattern, this.outbox, after);
    mirror.add(feed);
    feed.pump();
  }

  read(): boolean {
    const frames = this.wire.splice(0);
    this.taken = 0;
    for (const { data: d } of frames.flatMap(f => JSON.parse(f.toString()) as Told[] | Told)) this.take(d);
    this.outbox.drained();
    return frames.length > 0;
  }

  private take(d: Told['data']): void {
    if (d.kind === 'reset') {
      this.state.clear();
      this.epoch = d.epoch ?? '';
      this.position = this.synced = 0;
      return;
    }
    expect(d.prev).toBeLessThanOrEqual(this.position); // also of in_sync and position
    if (d.key !== undefined) {
      expect(matches(this.pattern, d.key)).toBe(true);
      expect(d.revision).toBeGreaterThan(this.position);
      if (d.kind === 'put') this.state.set(d.key, d.value ?? -1);
      else this.state.delete(d.key);
    }
    this.position = Math.max(this.position, d.revision);
    if (d.kind === 'in_sync') this.synced = d.revision;
  }
}

const KEYS = ['a.s.1', 'a.s.2', 'a.k.1', 'b.s.1', 'b.s.2'];
const PATTERNS = ['a.>', '*.s.*', '>', 'b.s.1'];
type Step = { do: 'put' | 'del'; key: number } | { do: 'join'; pattern: number } | { do: 'resume' | 'read'; client: number } | { do: 'reset' | 'heartbeat' | 'internal' };
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'put' as const, 'del' as const), key: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), pattern: fc.nat(3) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'resume' as const), client: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'reset' as const }, { do: 'heartbeat' as const }, { do: 'internal' as const }) },
);

describe('a mirror', () => {
  it('serves every client exactly what the bucket holds', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 10, maxLength: 150 }), (steps: readonly Step[]) => {
      const mirror = new BucketMirror('vps');
      let bucket = new Map<string, number>();
      let revision = 0;
      let epoch = 1;
      mirror.sync(0, 'e1');
      const clients: ModelClient[] = [];
      for (const s of steps) {
        const client = 'client' in s ? clients[s.client] : undefined;
        const key = 'key' in s ? KEYS[s.key] ?? '' : '';
        if (s.do === 'put') {
          bucket.set(key, ++revision);
          mirror.entry({ key, revision, time: 't', kind: 'put', value: revision });
        } else if (s.do === 'del') {
          bucket.delete(key);
          mirror.entry({ key, revision: ++revision, time: 't', kind: 'del' });
        } else if (s.do === 'internal') mirror.entry({ key: '_pos', revision: ++revision, time: 't', kind: 'put', value: 1 });
        else if (s.do === 'join' && clients.length < 6) clients.push(new ModelClient(mirror, PATTERNS[s.pattern] ?? '>', 0, new Map()));
        else if (s.do === 'read') client?.read();
        else if (s.do === 'resume' && client !== undefined && client.synced > 0 && client.epoch === mirror.channel.epoch && clients.length < 6) clients.push(new ModelClient(mirror, client.pattern, client.position, client.state));
        else if (s.do === 'heartbeat') mirror.channel.heartbeat();
        else if (s.do === 'reset') {
          mirror.reset();
          revision = 0;
          bucket = new Map([...bucket].map(([k]) => [k, ++revision]));
          for (const [k, r] of bucket) mirror.entry({ key: k, revision: r, time: 't', kind: 'put', value: r });
          mirror.sync(revision, `e${++epoch}`);
        }
      }
      for (let moved = true; moved;) {
        moved = false;
        for (const client of clients) {
          client.outbox.flush();
          moved = client.read() || moved;
        }
      }
      for (const client of clients) expect([...client.state].sort()).toEqual([...bucket].filter(([k]) => matches(client.pattern, k)).sort());
    }), { numRuns: Number(process.env['RUNS'] ?? 400) });
  }, 60_000);

  it('keeps only the newest value of a key under pressure; `reliable` gets every one', () => {
    const mirror = new BucketMirror('vps');
    mirror.sync(0, 'e1');
    const follow = (every: boolean): { readonly wire: Told[]; readonly outbox: Outbox; stuck: boolean } => {
      const client = { wire: [] as Told[], stuck: true, outbox: undefined as unknown as Outbox };
      client.outbox = new Outbox({ write: frames => client.wire.push(...frames.flatMap(f => JSON.parse(f.toString()) as Told[])), pending: () => (client.stuck ? 1e9 : 0) }, { bytes: 2_000, frames: 10 }, () => 0, () => {});
      const feed = new Feed(mirror.channel, '>', client.outbox, 0, { every });
      mirror.add(feed);
      feed.pump();
      return client;
    };
    const [latest, every] = [follow(false), follow(true)];
    for (let revision = 1; revision <= 1_000; revision++) mirror.entry({ key: `k.${revision % 3}`, revision, time: 't', kind: 'put', value: revision });
    expect(latest.outbox.size.frames).toBeLessThanOrEqual(11);
    for (const client of [latest, every]) {
      client.stuck = false;
      do client.outbox.flush();
      while (client.outbox.size.frames > 0);
    }
    const told = (client: { readonly wire: Told[] }): (number | undefined)[] => client.wire.flatMap(f => (f.data.kind === 'put' ? [f.data.value] : []));
    expect(told(latest).slice(-3)).toEqual([998, 999, 1_000]);
    expect(told(latest).length).toBeLessThanOrEqual(13);
    expect(told(every)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1));
  });

  it('says what it has forgotten, and when a bucket is too large', () => {
    const mirror = new BucketMirror('vps', { size: 200, tombstones: 1 });
    mirror.sync(0, 'e');
    mirror.entry({ key: 'a', revision: 1, time: 't', kind: 'del' });
    expect(mirror.floor).toBe(0);
    mirror.entry({ key: 'b', revision: 2, time: 't', kind: 'del' });
    expect(mirror.floor).toBe(1);
    mirror.entry({ key: 'c', revision: 3, time: 't', kind: 'put', value: 'x'.repeat(300) });
    expect(mirror.oversize).toBe(true);
  });
});
