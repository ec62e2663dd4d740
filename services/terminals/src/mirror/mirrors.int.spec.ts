import { afterAll, describe, expect, it } from '@jest/globals';
import { FLOODS } from './floods.fixture.js';
import { createMirrors } from './mirrors.js';
import type { MirrorOptions, ShellMark } from './mirror.js';

const mirrors = createMirrors({ workers: 1 });
const trapped = createMirrors({ workers: 1, hangsAfterMs: 4_000, program: new URL('./trapped.worker.fixture.ts', import.meta.url) });
afterAll(async () => { await Promise.all([mirrors.stop(), trapped.stop()]); });

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (b: Uint8Array): string => new TextDecoder().decode(b);

function session(o: Partial<MirrorOptions> = {}, from = mirrors) {
  const said = { replies: [] as string[], titles: [] as string[], marks: [] as ShellMark[], lost: [] as string[] };
  let heard = (): void => undefined;
  const hear = <T>(list: T[]) => (one: T): void => {
    list.push(one);
    heard();
  };
  const reply = hear(said.replies);
  const mirror = from.open({ cols: 80, rows: 24, onReply: b => reply(text(b)), onTitle: hear(said.titles), onMark: hear(said.marks), onLost: hear(said.lost), ...o });
  const until = async (is: () => boolean): Promise<void> => { while (!is()) await new Promise<void>((resolve) => { heard = resolve; }); };
  return { mirror, ...said, until, screen: async () => text((await mirror.snapshot()).bytes) };
}

describe('screens in workers', () => {
  it('keeps what is written, answers, and tells what it heard before the snapshot', async () => {
    const s = session({ offset: 1_000 });
    expect(await s.mirror.snapshot()).toMatchObject({ offset: 1_000, cols: 80, rows: 24, title: '' }); // no worker has it yet
    const written = bytes('one\x1b]2;work\x07\x1b[c\x1b]133;A\x07');
    s.mirror.write(written);
    written.fill(0); // it was copied
    expect(s.mirror.pending).toBe(23);
    s.mirror.resize(5_000, 0);
    const snapshot = await s.mirror.snapshot();
    expect(snapshot).toMatchObject({ offset: 1_023, cols: 1_000, rows: 1, title: 'work' });
    expect(text(snapshot.bytes)).toContain('one');
    expect([s.mirror.pending, s.replies, s.titles, s.marks, s.lost]).toEqual([0, ['\x1b[?1;2c'], ['work'], [{ kind: 'prompt', offset: 1_023, confidence: 'marked' }], []]);
  });

  it('lets one that floods stop no other', async () => {
    const [flood, quiet] = [session(), session()];
    const chunk = bytes('y\r\n'.repeat(87_000));
    for (let i = 0; i < 80; i += 1) flood.mirror.write(chunk); // 20 MB
    quiet.mirror.write(bytes('\x1b[6n'));
    await quiet.until(() => quiet.replies.length === 1);
    expect(flood.mirror.pending).toBeGreaterThan(0);
    await flood.mirror.whenBelow(15_000_000);
    expect(flood.mirror.pending).toBeLessThanOrEqual(15_000_000);
    flood.mirror.close();
    await flood.mirror.whenBelow(0);
    expect(flood.mirror.pending).toBe(0);
  });

  it('outlives output that ends or hangs its worker, and takes nobody along', async () => {
    const known = 'hello\x1b[c\r\nworld';
    let all = known;
    const innocent = session({ recent: () => ({ offset: 0, bytes: bytes(all) }) }, trapped);
    const [forgetful, guilty] = [session({}, trapped), session({}, trapped)];
    innocent.mirror.write(bytes(known));
    forgetful.mirror.write(bytes('forgotten'));
    guilty.mirror.write(bytes('fine'));
    for (const s of [innocent, forgetful, guilty]) await s.mirror.whenBelow(0);
    for (const [trap, why] of [['DIE', 'a trap'], ['HANG', 'did not answer'], ['DIE', 'too often']] as const) {
      const times = guilty.lost.length + 1;
      guilty.mirror.write(bytes(`${trap} more`));
      innocent.mirror.write(bytes('\x1b[5n'));
      all += '\x1b[5n';
      for (const s of [innocent, forgetful, guilty]) await s.until(() => s.lost.length === times);
      expect(guilty.lost.at(-1)).toContain(why);
      await innocent.until(() => innocent.replies.length === times + 1);
    }
    expect(await innocent.screen()).toMatch(/hello.*\r\nworld/s);
    expect(innocent.replies).toEqual(['\x1b[?1;2c', '\x1b[0n', '\x1b[0n', '\x1b[0n']); // each once, though the rest was read four times
    expect(await forgetful.screen()).toMatch(/The screen was lost here/);
    forgetful.mirror.write(bytes('alive'));
    expect(await forgetful.screen()).toMatch(/alive/);
    guilty.mirror.write(bytes('whatever'));
    expect(guilty.mirror.pending).toBe(0);
    expect((await guilty.mirror.snapshot()).offset).toBe(4 + 8 + 9 + 8 + 8);
  });

  it('goes on without screens where no worker starts', async () => {
    const broken = createMirrors({ workers: 1, program: new URL('./broken.worker.fixture.ts', import.meta.url) });
    const s = session({}, broken);
    s.mirror.write(bytes('hello'));
    await s.until(() => s.lost.length === 5);
    expect(s.lost.at(-1)).toMatch(/not kept any more/);
    s.mirror.write(bytes('more'));
    expect([s.mirror.pending, (await s.mirror.snapshot()).offset]).toEqual([0, 9]);
    await broken.stop();
  });

  it('is bounded, whatever comes', async () => {
    const small = createMirrors({ workers: 1, heapMb: 96 });
    const s = session({ cols: 120, rows: 40 }, small);
    for (const flood of FLOODS) {
      s.mirror.write(bytes(flood.text.repeat(Math.ceil(flood.bytes / 4 / flood.text.length))));
      s.mirror.write(bytes('\x18'));
    }
    await s.mirror.whenBelow(0);
    expect((await s.mirror.snapshot()).bytes.length).toBeLessThan(8_000_000);
    expect(s.lost).toEqual([]);
    await small.stop();
  });
});
