/** A provider is one folder and a line: nobody else in the service knows one by its name. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { expect, it } from '@jest/globals';
import { providerAdapters } from './index.js';

const src = join(import.meta.dirname, '..');
/** Of these others speak for reasons of their own: the sandbox to adopt was there before there were providers. */
const KNOWN_ELSEWHERE = new Set(['sandbox']);

it('is named by its folder and the list alone', async () => {
  const kinds = providerAdapters({ XANTHUS_HETZNER_URL: undefined, XANTHUS_OCI_URL: undefined, XANTHUS_SANDBOX_FILE: undefined }).map(a => a.kind).filter(k => !KNOWN_ELSEWHERE.has(k));
  expect(kinds).toEqual(['hetzner', 'oci']);
  const files = (await readdir(src, { recursive: true })).filter(f => f.endsWith('.ts') && !/\.(?:spec|fixture|fixtures|features)\.ts$/.test(f));
  expect(files.length).toBeGreaterThan(50);
  const named = (await Promise.all(files.map(async (file) => {
    const text = await readFile(join(src, file), 'utf8');
    return kinds.filter(kind => text.includes(`'${kind}'`) && !file.startsWith(join('providers', kind) + sep)).map(kind => `${relative('.', file)} names ${kind}`);
  }))).flat();
  expect(named).toEqual([]);
});
