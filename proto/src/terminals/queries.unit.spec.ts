import { describe, expect, it } from '@jest/globals';
import { isTerminalLink, wholeCharacters } from './queries.js';

describe('bytes of UTF-8 that are cut', () => {
  it('end at their last whole character', () => {
    const text = 'aé—中🙂e\u0301\x1b[m';
    const bytes = new TextEncoder().encode(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const whole = wholeCharacters(bytes.subarray(0, cut));
      expect(text.startsWith(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, whole)))).toBe(true);
      expect(cut - whole).toBeLessThan(4);
    }
  });
  it('are passed on where they are none', () => {
    for (const broken of [[0x80], [0x80, 0x80, 0x80, 0x80], [0xff], [0xf8, 0x80], [0xe2, 0x41], [0xc3, 0x28]]) expect(wholeCharacters(Uint8Array.from(broken))).toBe(broken.length);
    expect([[0xe2], [0xe2, 0x80], [0xf0, 0x9f, 0x99], [0x41, 0xc3]].map(cut => wholeCharacters(Uint8Array.from(cut)))).toEqual([0, 0, 0, 1]);
  });
});

describe('a link of a program', () => {
  it('leads to the web or to an address', () => {
    expect(['http://a', 'HTTPS://a/?b#c', 'mailto:a@b'].every(isTerminalLink)).toBe(true);
    expect(['javascript:alert(1)', 'data:text/html,x', 'file:///x', 'ssh://a', '//a', 'https:', 'http://a\nb', 'http://é', ` http://a`].some(isTerminalLink)).toBe(false);
  });
});
