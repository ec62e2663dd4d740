import { describe, expect, it } from '@jest/globals';
import { measureDelivery } from './delivery.js';

/** A link of that many bytes a second and that way in ms, filled whenever there is room, for so many seconds. @returns the longest wait of the second half, ms, and bytes that arrived */
const run = (rate: number, way: number, seconds: number, stands: (time: number) => boolean = () => false): { readonly waited: number; readonly arrived: number } => {
  let time = 0;
  let sent = 0;
  let done = 0;
  let waited = 0;
  const pings: { readonly name: string; readonly behind: number }[] = [];
  const answers: { readonly name: string; readonly at: number }[] = [];
  const link = measureDelivery({ now: () => time, ping: name => void pings.push({ name, behind: sent }) });
  for (; time < seconds * 1_000; time += 1) {
    done = Math.min(sent, done + (stands(time) ? 0 : rate / 1_000));
    while (pings[0] !== undefined && pings[0].behind <= done) answers.push({ name: pings.shift()?.name ?? '', at: time + way });
    while (answers[0] !== undefined && answers[0].at <= time) link.arrived(answers.shift()?.name ?? '');
    for (let room = link.room; room > 0; room = link.room) {
      const bytes = Math.min(room, 16_384);
      link.queued(bytes);
      sent += bytes;
      link.wrote(bytes);
    }
    if (time > seconds * 500) waited = Math.max(waited, ((sent - done) * 1_000) / rate);
  }
  return { waited, arrived: done };
};

describe('what is on its way', () => {
  it('on a slow link waits a moment only, and the link is used', () => {
    for (const [rate, way] of [[125_000, 1], [125_000, 60], [1_000_000, 30]] as const) {
      const { waited, arrived } = run(rate, way, 20);
      expect(waited).toBeLessThan(way + 250);
      expect(arrived).toBeGreaterThan(0.6 * rate * 20);
    }
  });

  it('on a fast link, near or far, is no brake', () => {
    expect(run(60_000_000, 1, 5).arrived).toBeGreaterThan(0.9 * 60_000_000 * 5);
    expect(run(10_000_000, 200, 10).arrived).toBeGreaterThan(0.8 * 10_000_000 * 10);
  });

  it('goes on after a link that stood still, however often', () => {
    // Nine tenths of the time nothing passes.
    expect(run(5_000_000, 5, 30, time => time % 1_000 > 100).arrived).toBeGreaterThan(0.02 * 5_000_000 * 30);
  });

  it('asks nothing while little is sent, and goes on where nobody answers', () => {
    let time = 0;
    let pings = 0;
    const link = measureDelivery({ now: () => time, ping: () => { pings += 1; } });
    for (let key = 0; key < 100; key++) {
      link.queued(20);
      link.wrote(20);
    }
    expect(pings).toBe(1);
    link.queued(40_000);
    link.wrote(40_000);
    expect([pings, link.room]).toEqual([2, 0]);
    time = 5_001;
    expect(link.room).toBeGreaterThan(1_000_000);
  });
});
