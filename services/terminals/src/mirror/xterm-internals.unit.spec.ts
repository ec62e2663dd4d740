import { describe, expect, it } from '@jest/globals';
import { GROUND, insides, nextState, openTerminal, parse, resize, transitions } from './xterm-internals.js';

const open = (cols = 10, rows = 4, scrollback = 5) => {
  const terminal = openTerminal({ cols, rows, scrollback });
  return { terminal, core: insides(terminal), read: (text: string) => parse(terminal, new TextEncoder().encode(text)) };
};
const rowsOf = ({ terminal }: ReturnType<typeof open>) => Array.from({ length: terminal.buffer.active.length }, (_, y) => terminal.buffer.active.getLine(y)!.translateToString(true));

describe('the inside of xterm.js', () => {
  it('is where we look for it', () => {
    const { core, read } = open();
    read('\x1b]0;t\x07\x1b[1;4:3;31;48;2;1;2;3;58:5:9ma中e\u0301\x1b7\x1b(0\x1b[?1;6;45;1004;2004;2026h\x1b[?1002;1006h\x1b=\x1b[5 q\x1b[?25l\x1b[4h\x1b[20h\x1b[2;3r');
    const line = core.buffers.normal.lines.get(0)!;
    expect([...line._data.subarray(0, 3)].map(n => n >>> 0)).toEqual([0x40_0061, 0x1900_0001, 0x1301_0203]);
    expect(line._data[3]! >>> 22).toBe(2);
    expect(line._combined[3]).toBe('e\u0301');
    expect(line._extendedAttrs[0]!._ext >>> 0).toBe(0x0e00_0009);
    expect(line.isWrapped).toBe(false);
    expect(core.coreService).toMatchObject({ isCursorHidden: true, modes: { insertMode: true }, decPrivateModes: { applicationCursorKeys: true, applicationKeypad: true, bracketedPasteMode: true, cursorBlink: true, cursorStyle: 'bar', origin: true, reverseWraparound: true, sendFocus: true, synchronizedOutput: true, wraparound: true } });
    expect([core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding, core.optionsService.rawOptions.convertEol]).toEqual(['DRAG', 'SGR', true]);
    expect(core._charsetService).toMatchObject({ glevel: 0, charset: core._charsetService._charsets[0] });
    expect(core._charsetService.charset?.['q']).toBe('─');
    expect(core.buffers.normal).toMatchObject({ x: 0, y: 1, ybase: 0, scrollTop: 1, scrollBottom: 2, savedX: 4, savedY: 0, tabs: { 0: true, 8: true } });
    expect(core.buffers.alt.lines.length).toBe(0);
    expect(core._inputHandler).toMatchObject({ _windowTitle: 't', _iconName: 't', _curAttrData: { fg: expect.any(Number) }, _parser: { currentState: GROUND, precedingJoinState: 0 } });
    expect(core.unicodeService.wcwidth(0x1f642)).toBe(2);
  });

  it('parses by the table that we read', () => {
    const { terminal, core, read } = open();
    const table = transitions(terminal);
    for (const [text, state] of [['\x1b', 1], ['(', 2], ['B', 0], ['\x1b[', 4 - 1], ['1', 4], ['$', 5], ['1', 6], ['p', 0], ['\x1b_', 7], ['\x9c', 0], ['\x1b]', 8], ['\x07', 0], ['\x1bP', 9], ['1', 10], ['?', 11], ['\x18', 0], ['\x1bP+', 12], ['q', 13]] as const) {
      let walked = core._inputHandler._parser.currentState;
      for (const character of text) walked = nextState(table, walked, character.charCodeAt(0));
      read(text);
      expect([text, core._inputHandler._parser.currentState, walked]).toEqual([text, state, state]);
    }
  });

  it('bears what xterm.js does not', () => {
    const corner = open(4, 2, 0);
    corner.read('abcdefgh\x1b[1;31mX\x1b[1J\x1b[?47h\x1b[2;4Hz\x1b[1J');
    expect(rowsOf(corner)).toEqual(['', '']);
    const counts = open(10, 4, 5);
    counts.read(`one\x1b[2147483647S\x1b[2147483647T\x1b[2147483647L\x1b[2147483647M\x1b[2147483647I\x1b[2147483647Zx\x1b[2147483647b`);
    expect(rowsOf(counts).join('')).toMatch(/^x{40,41}$/);
    const accents = open();
    accents.read(`a${'\u0301'.repeat(10_000)}`);
    expect(accents.core.buffers.active.lines.get(0)!._combined[0]!.length).toBeLessThanOrEqual(33);
    const links = open();
    for (let i = 0; i < 10_000; i += 1) links.read(`\x1b]8;;https://example.org/${i}\x07`);
    links.read('x');
    expect(links.core.buffers.active.lines.get(0)!._extendedAttrs[0]!.urlId).toBeGreaterThan(0);
    expect(links.core._oscLinkService.getLinkData(1)).toBeUndefined();
    const alt = open(10, 4, 5);
    resize(alt.terminal, 10, 2);
    alt.read('\x1b[?47h1\r\n2\r\n3\r\n4');
    expect(alt.core.buffers.active.lines.length).toBe(2);
  });

  it('reflows letters with accents as they are', () => {
    const t = open(19, 5, 20);
    t.read("lq│\ufe0fe\u0301\x1b[2F\x1b[2'}\x1b[1;99H\x1b[0T文字e\u0301中");
    const before = rowsOf(t).join('');
    resize(t.terminal, 16, 3);
    resize(t.terminal, 19, 5);
    expect(rowsOf(t).join('')).toBe(before);
  });
});
