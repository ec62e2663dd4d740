import { describe, expect, it } from '@jest/globals';
import { Channel } from './channel.js';
import { Feed } from './feed.js';
import { Outbox } from './outbox.js';

const subscribed = (channel: Channel, filter: string): Buffer[] => {
  const frames: Buffer[] = [];
  const outbox = new Outbox({ write: (written) => { frames.push(...written); }, pending: () => 0 }, { bytes: 1e6, frames: 1e3 }, () => 0, () => {});
  const feed = new Feed(channel, filter, outbox, channel.position);
  feed.pump();
  outbox.flush();
  frames.length = 0; // the `in_sync` of each
  flushes.push(() => outbox.flush());
  return frames;
};
const flushes: (() => void)[] = [];

describe('a channel', () => {
  it('encodes a message once for all who have the same filter, with the `prev` of that filter', () => {
    const channel = new Channel({ target: 'js:S', label: 'seq', filter: 'filter' }, () => ({ next: () => 'head' }));
    const [one, two, three, wild] = [subscribed(channel, 's.a'), subscribed(channel, 's.a'), subscribed(channel, 's.b'), subscribed(channel, 's.*')];
    for (const [seq, name] of [[1, 's.a'], [2, 's.b'], [3, 's.a']] as const) channel.publish({ seq, name, body: `"subject":"${name}"` });
    for (const flush of flushes) flush();
    const told = (frames: Buffer[]): unknown[] => frames.map(f => (JSON.parse(f.toString()) as { data: unknown }).data);
    expect(told(one)).toEqual([{ filter: 's.a', seq: 1, prev: 0, subject: 's.a' }, { filter: 's.a', seq: 3, prev: 1, subject: 's.a' }]);
    expect(told(three)).toEqual([{ filter: 's.b', seq: 2, prev: 0, subject: 's.b' }]);
    expect(told(wild)).toEqual([1, 2, 3].map(seq => ({ filter: 's.*', seq, prev: seq - 1, subject: seq === 2 ? 's.b' : 's.a' })));
    // Not the same text: the same bytes.
    expect(two[0]).toBe(one[0]);
    expect(two[1]).toBe(one[1]);
  });
});
