import { afterAll, describe, expect, it } from '@jest/globals';
import { createMirrors } from './mirrors.js';
import type { MirrorOptions, ShellMark } from './mirror.js';

const mirrors = createMirrors({ workers: 1 });
afterAll(() => mirrors.stop());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (b: Uint8Array): string => new TextDecoder().decode(b);

function session(o: Partial<MirrorOptions> = {}, from = mirrors) {
  const replies: string[] = [];
  const titles: string[] = [];
  const marks: ShellMark[] = [];
  const lost: string[] = [];
  const mirror = from.open({ cols: 80, rows: 24, onReply: b => replies.push(text(b)), onTitle: t => titles.push(t), onMark: m => marks.push(m), onLost: why => lost.push(why), ...o });
  return { mirror, replies, titles, marks, lost };
}

describe('screens in workers', () => {
  it('keeps what is written', async () => {
    const s = session();
    s.mirror.write(bytes('one\x1b]2;work\x07\x1b[c'));
    expect(s.mirror.pending).toBe(15);
    const snapshot = await s.mirror.snapshot();
    expect(s.mirror.pending).toBe(0);
    expect(snapshot).toMatchObject({ offset: 15, cols: 80, rows: 24, title: 'work' });
    expect(text(snapshot.bytes)).toContain('one');
    expect(s.replies).toEqual(['\x1b[?1;2c']);
    expect(s.titles).toEqual(['work']);
  });
});
