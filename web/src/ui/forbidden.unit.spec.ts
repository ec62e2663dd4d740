import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_PERMISSIONS } from '../roles/permissions.js';
import { ROOT, sources } from '../texts/tools/find-texts.js';

/** One's own sessions take no role. */
const KNOWN = new Set([...ALL_PERMISSIONS.map(p => p.name), 'auth.session.read']);

describe('what a page says to who may not', () => {
  it('is a right that there is, so that it has words and somebody can give it', () => {
    const named = sources().flatMap(file => [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bright="([^"]*)"|\bneeds\('([^']*)'\)/g)].map(m => ({ file, right: m[1] ?? m[2] ?? '' })));
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter(n => !KNOWN.has(n.right))).toEqual([]);
  });
});
