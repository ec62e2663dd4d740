import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quoteArgv } from './argv.js';

/** What a real /bin/sh hands to a program, NUL-separated. */
const throughShell = (args: readonly string[]): string[] =>
  execFileSync('/bin/sh', ['-c', quoteArgv(['/usr/bin/env', 'printf', '%s\\0', ...args])]).toString('utf8').split('\0').slice(0, -1);

const NASTY = ['`id`', ';', '$(id)', '${HOME}', '\'', '"', '|', '&', '\n', '-rf', '--', '*', '~', '!', '#x', '\\', ' ', '', 'a b', 'é', '😀', '=x', '\r', '\t', '{a,b}', '<', '>'];

describe('quoteArgv', () => {
  it('brings every nasty string through /bin/sh unchanged', () => {
    expect(throughShell(NASTY)).toEqual(NASTY);
  });

  it('brings any strings through /bin/sh unchanged', () => {
    const piece = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 12 }));
    const argument = fc.array(piece, { maxLength: 4 }).map(p => p.join('').replaceAll('\0', ''));
    fc.assert(fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), args => {
      expect(throughShell(args)).toEqual(args);
    }), { numRuns: 120 });
  });

  it('never runs a keyword, an assignment or an option as program', () => {
    expect(quoteArgv(['if', 'x'])).toBe('\'if\' x');
    expect(quoteArgv(['A=b'])).toBe('\'A=b\'');
  });

  it('refuses what no argument can hold', () => {
    expect(() => quoteArgv([])).toThrow(TypeError);
    expect(() => quoteArgv([''])).toThrow(TypeError);
    expect(() => quoteArgv(['echo', 'a\0b'])).toThrow(/NUL/);
    expect(() => quoteArgv(['echo', '\ud800'])).toThrow(/Unicode/);
  });
});
