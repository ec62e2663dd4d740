/** Security rule "no command is built from strings", read from the sources: what lint can't say of calls. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['infra', 'services', 'gateway', 'bench', 'proto', 'web'].flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)))
  .filter(file => /\.(?:ts|tsx|mjs)$/.test(file) && !/node_modules|\/dist\/|\.(?:spec|fixtures?)\.ts$/.test(file)).map(file => [file, readFileSync(file, 'utf8')] as const);
/** Each place that fits, as `file: text`. */
const places = (pattern: RegExp): string[] => SOURCES.flatMap(([file, text]) => [...text.matchAll(pattern)].map(m => `${file}: ${m[0].trim()}`));
/** Program and arguments of a call: up to the options or the end of the line. */
const START = /(?<![.\w])(?:spawn|spawnSync|execFile|execFileSync|fork)\((?!\)).*/g;

const starting = new Set(SOURCES.filter(([, text]) => text.includes('child_process')).map(([file]) => file));

describe('a program of this machine', () => {
  it('is started somewhere, so that this finds them', () => { expect(places(START).length).toBeGreaterThan(8); });

  it('is never started by a shell of Node, nor by a text that a shell reads', () => {
    // elsewhere it is a name of its own: terminals have shells
    expect(places(/\bshell: (?!false).*/g).filter(place => starting.has(place.slice(0, place.indexOf(': '))))).toEqual([]);
    expect(places(/import .*\b(?:exec|execSync)\b(?! as).*child_process.*/g)).toEqual([]);
    expect(places(/import (?:\*|\w+ from|\w+,).*child_process.*/g)).toEqual([]);
    // no template and no sum in what is started; a script after -c is one literal or constant
    expect(places(START).filter(call => /^[^{]*(?:`[^`]*\$\{|\+ )/.test(call.slice(call.indexOf(': ') + 2).replaceAll(/new URL\(`\$\{name\}\.ts`/g, '')))).toEqual([]);
    expect(places(/(?:'\/bin\/sh'|'sh'|'bash')(?:, \[|, )'-c',\s*(?=\S)(?!')(?!GUARD\b)(?!ANNOUNCE\b)(?!AS_ROOT\b)(?!PROGRAM\b)(?!PUT\b)(?!LOOK\b)(?!MARKED\b)(?!NEW\b)(?!AGAIN\b).*/g)).toEqual([]);
    expect(places(/\bconst (?:GUARD|ANNOUNCE|AS_ROOT|PROGRAM|PUT|MARKED) = (?!['`][^$]|\[).*/g)).toEqual([]);
    // of literals and constants
    expect(places(/^const (?:NEW|AGAIN) = .*/gm).filter(place => /(?:shell-command)\.ts: /.test(place) && !/= `\$\{TMUX\}(?:[^$]|\$(?!\{))*`;$/.test(place))).toEqual([]);
  });
});

describe('a program of a machine that is managed', () => {
  it('is started in one place, by an argv that is quoted as a whole', () => {
    expect(places(/\bclient\.(?:exec|shell)\(.*/g).every(place => /^infra\/ssh\/src\/(?:session|shell)\.ts: /.test(place))).toBe(true);
    expect(places(/import .* from 'ssh2'.*/g).filter(place => !/^infra\/(?:ssh|testing|emulators)/.test(place))).toEqual([]);
    expect(places(/\bclient\.exec\((?!line\b|quoteArgv\().*/g)).toEqual([]);
    expect(places(/\bconst line = (?!quoteArgv\().*/g).filter(place => place.startsWith('infra/ssh/'))).toEqual([]);
  });
});
