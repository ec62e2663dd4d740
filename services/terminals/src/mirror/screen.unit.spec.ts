import { CSI_QUERIES, DCS_QUERIES, isOscQuery, isTerminalLink, wholeCharacters } from '@xanthus/proto/terminals/queries';
import { describe, expect, it } from '@jest/globals';
import type { ShellMark } from './mirror.js';
import { Screen } from './screen.js';
import { insides, openTerminal, parse } from './xterm-internals.js';

const encoder = new TextEncoder();
const open = (o: { cols?: number; rows?: number; offset?: number; silentUntil?: number } = {}) => {
  const replies: string[] = [];
  const titles: string[] = [];
  const marks: ShellMark[] = [];
  const screen = new Screen({ cols: 40, rows: 5, scrollback: 50, ...o }, { reply: text => replies.push(text), title: title => titles.push(title), mark: mark => marks.push(mark) });
  return { screen, replies, titles, marks, write: (text: string) => screen.write(encoder.encode(text)) };
};
const answer = (text: string, before = ''): string => {
  const t = open();
  t.write(before);
  for (const byte of encoder.encode(text)) t.screen.write(Uint8Array.of(byte));
  return t.replies.join('|');
};
const rowsOf = (bytes: Uint8Array, cols = 40, rows = 5): string[] => {
  const terminal = openTerminal({ cols, rows, scrollback: 50 });
  parse(terminal, bytes);
  return Array.from({ length: terminal.buffer.active.length }, (_, y) => terminal.buffer.active.getLine(y)!.translateToString(true));
};

describe('questions of programs', () => {
  it.each([
    ['DA1', '\x1b[c', '\x1b[?1;2c'], ['DA2', '\x1b[>c', '\x1b[>0;276;0c'], ['DA3', '\x1b[=c', '\x1bP!|00000000\x1b\\'], ['DSR', '\x1b[5n', '\x1b[0n'], ['CPR', '\x1b[2;3H\x1b[6n', '\x1b[2;3R'], ['DECXCPR', 'ab\x1b[?6n', '\x1b[?1;3R'],
    ['CPR behind the last column', 'a'.repeat(40) + '\x1b[6n', '\x1b[1;40R'], ['CPR in a region', '\x1b[2;4r\x1b[?6h\x1b[6n', '\x1b[1;1R'], ['DECRQM', '\x1b[?2004h\x1b[?2004$p', '\x1b[?2004;1$y'], ['DECRQM, unknown', '\x1b[?9999$p', '\x1b[?9999;0$y'], ['DECRQM, ANSI', '\x1b[4$p', '\x1b[4;2$y'],
    ['DECRQSS of the pen', '\x1b[1;4:3;38;5;9;48;2;1;2;3m\x1bP$qm\x1b\\', '\x1bP1$r0;1;4:3;38:5:9;48:2::1:2:3m\x1b\\'], ['DECRQSS of the region', '\x1b[2;4r\x1bP$qr\x1b\\', '\x1bP1$r2;4r\x1b\\'], ['DECRQSS of the cursor', '\x1b[5 q\x1bP$q q\x1b\\', '\x1bP1$r5 q\x1b\\'], ['DECRQSS, unknown', '\x1bP$qz\x1b\\', '\x1bP0$r\x1b\\'],
    ['OSC 10', '\x1b]10;?\x07', '\x1b]10;rgb:e4e4/e6e6/eaea\x1b\\'], ['OSC 10 to 12 at once', '\x1b]10;?;?;?\x1b\\', '\x1b]10;rgb:e4e4/e6e6/eaea\x1b\\\x1b]11;rgb:0e0e/0f0f/1212\x1b\\\x1b]12;rgb:ecec/bcbc/4b4b\x1b\\'], ['OSC 11 that was set', '\x1b]11;#102030\x07\x1b]11;?\x07', '\x1b]11;rgb:1010/2020/3030\x1b\\'], ['OSC 11 that was set back', '\x1b]11;#102030\x07\x1b]111\x07\x1b]11;?\x07', '\x1b]11;rgb:0e0e/0f0f/1212\x1b\\'],
    ['OSC 4', '\x1b]4;1;?;231;?\x07', '\x1b]4;1;rgb:f2f2/7171/6b6b\x1b\\\x1b]4;231;rgb:ffff/ffff/ffff\x1b\\'], ['XTVERSION', '\x1b[>q', '\x1bP>|xterm.js(6.0.0)\x1b\\'], ['XTGETTCAP', '\x1bP+q544E;6e6f\x1b\\', '\x1bP1+r544E=787465726D2D323536636F6C6F72\x1b\\\x1bP0+r6e6f\x1b\\'],
    ['size', '\x1b[18t', '\x1b[8;5;40t'], ['size of the screen', '\x1b[19t', '\x1b[9;5;40t'], ['title: never', '\x1b]2;id\n\x07\x1b[21t\x1b[20t', ''], ['clipboard: never', '\x1b]52;c;?\x07', ''], ['keyboard protocol of kitty: nobody has it, which is said by silence', '\x1b[?u\x1b[c', '\x1b[?1;2c'],
  ])('%s', (_, text, expected) => {
    expect(answer(text)).toBe(expected);
  });

  it('are answered in order, and by no snapshot', () => {
    const t = open();
    t.write('\x1b[c\x1bP$qr\x1b\\\x1b]11;?\x07\x1b[6n\x1b[>q');
    expect(t.replies).toHaveLength(5);
    expect(t.replies.map(reply => reply.slice(0, 4))).toEqual(['\x1b[?1', '\x1bP1$', '\x1b]11', '\x1b[1;']. concat('\x1bP>|'));
    const again = open();
    again.screen.write(t.screen.snapshot().bytes);
    expect(again.replies).toEqual([]);
  });

  it('are all in the table that browsers swallow', () => {
    const csi = CSI_QUERIES.map(q => `\x1b[${q.prefix ?? ''}${q.params?.[6] ?? ''}${q.final === 'n' ? 6 : ''}${q.intermediates ?? ''}${q.final}`);
    expect(csi.filter(text => answer(text) === '')).toEqual(['\x1b[?u', '\x1b[x']); // asked, and nobody answers
    expect(DCS_QUERIES.map(q => answer(`\x1bP${q.intermediates}${q.final}\x1b\\`)).every(reply => reply !== '')).toBe(true);
    expect([isOscQuery(4, '1;?'), isOscQuery(11, '?'), isOscQuery(52, 'c;?'), isOscQuery(4, '1;#fff'), isOscQuery(2, '?')]).toEqual([true, true, true, false, false]);
  });

  it('of before are not answered again when a screen is made anew', () => {
    const text = '\x1b[c\x1b]2;t\x07\x1b]133;A\x07';
    const t = open({ offset: 100, silentUntil: 100 + text.length });
    t.write(`${text}\x1b[5n`);
    expect([t.replies, t.titles, t.marks]).toEqual([['\x1b[0n'], [], []]);
    expect(t.screen.title).toBe('t');
  });
});

describe('strings', () => {
  it('are capped', () => {
    const t = open();
    t.write(`\x1b]2;${'t'.repeat(5_000)}\x07\x1b]0;${'x'.repeat(100_000)}\x07\x1b]8;;https://example.org/${'a'.repeat(5_000)}\x07a\x1bP0;0q${'~'.repeat(1_000_000)}\x1b\\b`);
    expect(t.titles.map(title => title.length)).toEqual([256, 256]);
    expect(rowsOf(t.screen.snapshot().bytes)[0]).toBe('ab');
    expect(t.screen.snapshot().bytes.length).toBeLessThan(1_000);
  });

  it('show links that a person may follow', () => {
    const t = open();
    t.write('\x1b]8;id=x;https://example.org/a?b;c\x07one\x1b]8;;\x07 \x1b]8;;javascript:alert(1)\x07two\x1b]8;;file:///etc/passwd\x07three\x1b]8;;mailto:a@example.org\x07four');
    const text = new TextDecoder().decode(t.screen.snapshot().bytes);
    expect(text).toContain('\x1b]8;id=x;https://example.org/a?b;c\x07');
    expect(text).toContain('mailto:');
    expect(text).not.toMatch(/javascript|file:/);
    expect(rowsOf(t.screen.snapshot().bytes)[0]).toBe('one twothreefour');
    expect(['HTTPS://X', 'https:', 'http://a b', 'ssh://x', `http://${'a'.repeat(3_000)}`].map(isTerminalLink)).toEqual([true, false, false, false, false]);
  });

  it('of colours come back', () => {
    const t = open();
    t.write('\x1b]4;1;rgb:1/2/3;2;red\x07\x1b]10;#abc\x07');
    expect(new TextDecoder().decode(t.screen.snapshot().bytes)).toContain('\x1b]4;1;rgb:1111/2222/3333\x07\x1b]10;rgb:aaaa/bbbb/cccc\x07');
  });
});

describe('marks of the shell', () => {
  it('tell commands, cut anywhere', () => {
    const said = '\x1b]133;A\x07$ \x1b]133;B\x07ls  -l\r\n\x1b]133;C\x1b\\total 0\r\n\x1b]133;D;2\x07';
    const expected = [{ kind: 'prompt', offset: 8, confidence: 'marked' }, { kind: 'command', offset: 18, confidence: 'marked' }, { kind: 'output', offset: 35, text: 'ls  -l', confidence: 'guessed' }, { kind: 'end', offset: 54, exitCode: 2, confidence: 'marked' }];
    for (const size of [1, 3, 7, 100]) {
      const t = open();
      for (let i = 0; i < said.length; i += size) t.write(said.slice(i, i + size));
      expect(t.marks).toEqual(expected);
    }
  });

  it('take the word of the shell for its text', () => {
    const t = open();
    t.write('\x1b]633;A\x07$ \x1b]633;B\x07ls; x\x1b]633;E;ls\\x3b x\\\\y;nonce\x07\r\n\x1b]633;C\x07\x1b]633;D\x07');
    expect(t.marks.slice(2)).toEqual([{ kind: 'output', offset: expect.any(Number), text: 'ls; x\\y', confidence: 'marked' }, { kind: 'end', offset: expect.any(Number), confidence: 'marked' }]);
  });

  it('read what was wrapped or scrolled as one line, and nothing from a program in full screen', () => {
    const t = open({ cols: 10, rows: 3 });
    t.write(`1\r\n2\r\n$ \x1b]133;B\x07echo ${'x'.repeat(20)} y\r\nmore\r\n\x1b]133;C\x07`);
    expect(t.marks[1]).toMatchObject({ text: `echo ${'x'.repeat(20)} y\nmore`, confidence: 'guessed' });
    t.write('\x1b[?1049h\x1b]133;B\x07secret\x1b]133;C\x07\x1b]133;C\x07');
    expect(t.marks.slice(3).every(mark => mark.text === undefined)).toBe(true);
  });
});

describe('a snapshot', () => {
  it('carries along a character and a sequence that are cut', () => {
    for (const [text, cut] of [['a—b', 3], ['a\x1b[31mb', 4], ['a\x1b]2;title\x07b', 7]] as const) {
      const t = open();
      const bytes = encoder.encode(text);
      t.screen.write(bytes.subarray(0, cut));
      const snapshot = t.screen.snapshot();
      expect(snapshot.offset).toBe(cut);
      const joined = Buffer.concat([snapshot.bytes, bytes.subarray(cut)]);
      expect(wholeCharacters(joined)).toBe(joined.length);
      expect(rowsOf(joined)).toEqual(rowsOf(bytes));
    }
  });

  it('has as many lines above as are asked for, and those that are wrapped', () => {
    const t = open({ cols: 10, rows: 3 });
    for (let i = 0; i < 30; i += 1) t.write(`line ${i} is long\r\n`);
    const rows = rowsOf(t.screen.snapshot(7).bytes, 10, 3);
    expect(rows).toHaveLength(10);
    expect(rows.slice(-3)).toEqual(['line 29 is', ' long', '']);
    expect(insides(t.screen.terminal).buffers.normal.ybase).toBe(50);
  });
});
