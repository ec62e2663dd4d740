import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureSentence, isRetryable, parseSetupStatus, SETUP_STEPS, SETUP_WORDS, setupSentence, stepOf } from './setup-status.js';

const script = readFileSync(join(import.meta.dirname, 'setup.sh'), 'utf8');

describe('parseSetupStatus', () => {
  it.each(SETUP_WORDS)('knows %s and has a sentence for it', word => {
    const status = parseSetupStatus(`${word}\n`);
    expect(status).toMatchObject({ word, step: stepOf(word) });
    expect(setupSentence(status)).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('reads a failure with step, code and text', () => {
    const status = parseSetupStatus('FAILED k3s NODE_NOT_READY within 300 s\n');
    expect(status).toEqual({ kind: 'failed', word: 'FAILED', step: 'k3s', failure: { step: 'k3s', code: 'NODE_NOT_READY', text: 'within 300 s' } });
    expect(setupSentence(status)).toMatch(/^K3s runs but .*Try again.*\(within 300 s\)$/);
  });

  it.each([['an empty file', ''], ['nothing', undefined], ['blank lines', '\n \r\n'], ['no bytes', new Uint8Array()]])('takes %s as no status yet', (_, content) => {
    expect(parseSetupStatus(content)).toEqual({ kind: 'none' });
  });

  it.each<[string, string | Uint8Array]>([
    ['an unknown word', 'DANCING'], ['a word in small letters', 'ready'], ['READY with more behind it', 'READY to go'], ['Latin-1', Buffer.from('Gr\u00FC\u00DFe', 'latin1')],
    ['control characters', '\u001B[31mREADY\u001B[0m'], ['NUL bytes', Buffer.from('REA\0DY')], ['10 MB on one line', 'x'.repeat(10_000_000)], ['a prototype name', '__proto__'],
  ])('takes %s as unreadable, printable and short', (_, content) => {
    const status = parseSetupStatus(content);
    expect(status.kind).toBe('unreadable');
    expect(setupSentence(status)).toMatch(/^[\x20-\x7E\u00A0-\u024F]{10,300}$/);
  });

  it.each([['FAILED'], ['FAILED k3s'], ['FAILED nowhere NOTHING at all'], ['FAILED k3s toString x'], ['FAILED \u0000\u0001']])('reads the odd failure %j as one of ours', content => {
    const status = parseSetupStatus(content);
    expect(status).toMatchObject({ kind: 'failed', failure: { code: 'UNEXPECTED' } });
    expect(setupSentence(status)).toContain('See the log');
  });

  it('knows every word, step and code that the script writes', () => {
    for (const [, word = '', step = ''] of script.matchAll(/^ {2}word ([A-Z_0-9]+) (\w+)$/gm)) {
      expect([SETUP_WORDS, SETUP_STEPS]).toEqual([expect.arrayContaining([word]), expect.arrayContaining([step])]);
      expect(stepOf(word as (typeof SETUP_WORDS)[number])).toBe(step);
    }
    const codes = [...script.matchAll(/\bfail ([A-Z][A-Z_0-9]+)/g)].map(m => m[1]);
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes) expect(parseSetupStatus(`FAILED prepare ${code}`)).toMatchObject({ failure: { code } });
  });

  it('says what to do next for each failure', () => {
    for (const [, code = ''] of script.matchAll(/\bfail ([A-Z][A-Z_0-9]+)/g)) {
      const status = parseSetupStatus(`FAILED prepare ${code}`);
      if (status.kind !== 'failed') throw new Error(code);
      expect(failureSentence(status.failure)).toMatch(/\. [A-Z].*\.$|again/);
      expect(typeof isRetryable(status.failure.code)).toBe('boolean');
    }
  });
});
