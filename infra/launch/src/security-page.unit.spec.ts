import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';

/** The rules of the design, in its order. */
const RULES = [
  'One gate, default deny', 'NATS itself enforces', 'No command is built from strings', 'Host keys fail closed', 'Secrets have no read path', 'Forget a tenant', 'No default secret', 'Sessions end with their source',
  'Tokens', 'Passwords', 'Browser', 'SSRF', 'Limits everywhere', 'Rights at run time', 'Tamper-evident history', 'Untrusted catalog',
];
/** Of these the page has to say that they are not built, or not all of it. */
const LATER = ['Rights at run time'];

const page = readFileSync('docs/security.md', 'utf8');
const sections = page.split(/^## /m).slice(1).map(text => ({ title: text.split('\n')[0] ?? '', text }));
const proofs = sections.flatMap(({ title, text }) => [...text.matchAll(/^- `([^`]+)`(.*)$/gm)].map(([, path = '', rest = '']) => ({ title, path, tests: [...rest.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(m => (m[1] ?? '').replaceAll('\\"', '"')) })));

/** Titles of `it`, `describe` and their `.each`, as they stand in a spec. */
const titlesIn = (spec: string): Set<string> => new Set([...spec.matchAll(/(?:\b(?:it|describe)|\))\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/g)].map(m => (m[1] ?? m[2] ?? m[3] ?? '').replaceAll(/\\(.)/g, '$1')));

describe('docs/security.md', () => {
  it('has every rule, once and in order', () => { expect(sections.map(s => s.title).filter(title => title !== 'Figures')).toEqual(RULES); });

  it.each(RULES)('%s: names its proof, or says that it comes later', (rule) => {
    const text = sections.find(s => s.title === rule)?.text ?? '';
    expect(/not built yet/i.test(text)).toBe(LATER.includes(rule));
    expect(proofs.some(p => p.title === rule && p.tests.length > 0)).toBe(true);
  });

  it.each(proofs.map(p => [p.title, p.path, p.tests] as const))('%s: %s', (_rule, path, tests) => {
    expect(existsSync(path)).toBe(true);
    const spec = readFileSync(path, 'utf8');
    expect(tests.filter(test => !titlesIn(spec).has(test))).toEqual([]);
    expect(spec).not.toMatch(/\b(?:it|describe|test)\.(?:skip|only|todo|failing)\b|\b(?:xit|xdescribe|fit|fdescribe)\(/);
  });
});
