/** Shells that write more than anybody reads: an interrupt shows at once, others are not delayed, nothing piles up, and what is skipped is said. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TTY_CREDIT } from '@xanthus/proto';
import { eventually } from '@xanthus/testing';
import { startHostGround, TENANT, type Ground } from './host-ground.fixture.js';

let on: Ground;
beforeAll(async () => { on = await startHostGround(); });
afterAll(async () => { await on?.stop(); });

/** 500 kbit/s: what comes while a busy machine carries a key to the shell is little beside what was granted. */
const SLOW = 62_500;

describe('a flood', () => {
  it('to a slow viewer ends with Ctrl-C, not with what was under way; what was skipped is said', async () => {
    const { viewer } = await on.shell({}, { rate: SLOW, step: 8 * 1024 });
    viewer.type('PS1=READY\\>; yes 0123456789012345678901234567890123456789\r');
    await eventually(() => { viewer.check(); return viewer.markers.length >= 1; }, { every: 5 });
    viewer.clear();
    const before = viewer.bytes;
    viewer.type('\u0003');
    await viewer.shows('READY>');
    // By credit alone all of its 512 KiB would come first. How long it takes is measured by the benchmark P12.
    expect(viewer.bytes - before).toBeLessThan(TTY_CREDIT * 0.75);
    // Offsets were right all the time, and each hole had its marker: the viewer checks.
    viewer.type('echo end-$((1 + 1))\r');
    await viewer.shows('end-2');
  });

  it('goes on when nobody takes it, holds nobody up, and keeps no more than its share', async () => {
    const { session, viewer } = await on.shell({}, { never: true });
    const idle = await on.shell();
    viewer.type('head -c 6000000 /dev/zero | tr "\\0" y; echo fin-$((1 + 1))\r');
    idle.viewer.type('echo beside-$((1 + 1))\r');
    await idle.viewer.shows('beside-2');
    // 512 KiB are what it was granted: no more comes, but that the last frame may be a screen. The shell has ended its work all the same.
    const late = await on.viewer(session);
    await late.shows('fin-2');
    expect(viewer.bytes - (viewer.snapshots.at(-1)?.length ?? 0)).toBeLessThanOrEqual(512 * 1024);
    expect(on.host.has(TENANT, session)).toBe(true);
  });

  it('of escape sequences, of one endless line, of sizes: the session lives, and is of the size that came last', async () => {
    const { viewer } = await on.shell();
    viewer.type('for i in $(seq 300); do printf "\\033[2J\\033[%d;%dH\\033[31mX\\033]0;t%d\\007\\033[?1049h\\033[?1049l" $((i % 50)) $((i % 200)) $i; done; head -c 400000 /dev/zero | tr "\\0" z; echo\r');
    for (let i = 0; i < 60; i++) viewer.send({ op: 'resize', cols: 80 + i, rows: 24 });
    viewer.send({ op: 'resize', cols: 10_000, rows: 40 });
    await viewer.until('resize', c => c['cols'] === 1_000);
    viewer.type('stty size; echo alive-$((1 + 1))\r');
    await viewer.shows('alive-2');
    expect(viewer.text).toContain('40 1000');
    expect(viewer.controls.filter(c => c.op === 'resize').length).toBeLessThan(40);
  });
});

describe('what is cut', () => {
  it('NATS, in the middle of a flood: no byte is lost or doubled without a word, and the shell goes on', async () => {
    const { viewer } = await on.shell();
    viewer.type('seq 1 150000; echo fin-$((1 + 1))\r');
    await eventually(() => viewer.bytes > 100_000, { every: 5 });
    await on.gateway.nats.restart();
    // The viewer throws where an offset does not fit.
    await eventually(() => { viewer.check(); return viewer.text.includes('fin-2'); }, { every: 20 });
    // What is typed in the very moment of the cut is lost, as on any line: a person types again.
    await eventually(() => {
      viewer.check();
      if (!viewer.text.includes('after-2')) viewer.type('echo after-$((1 + 1))\r');
      return viewer.text.includes('after-2');
    }, { every: 300 });
  });
});
