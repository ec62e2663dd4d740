/**
 * Writes what is made from the contracts (`proto/generated`, `docs/api`, new files in `proto/examples`), or with `--check` says what is
 * not current. Refuses a change that could no longer read what is stored.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncApi } from './asyncapi.js';
import { breaks } from './compatible.js';
import { eventsOf, services, viewsOf } from './contracts.js';
import { currentGoldens, goldenProblems } from './goldens.js';
import type { JsonSchema } from './json-schema.js';
import { openApi } from './openapi.js';
import { pageFiles } from './pages.js';
import { eventSchemaPath, schemaFiles, viewSchemaPath } from './schemas.js';
import { json } from './text.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OWNED = ['proto/generated', 'docs/api'];
const EXAMPLES = 'proto/examples';

const readText = async (root: string, path: string): Promise<string | undefined> => {
  try {
    return await readFile(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
};

const filesUnder = async (root: string, folder: string): Promise<string[]> => {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter(e => e.isFile()).map(e => join(e.parentPath, e.name).slice(join(root, '/').length).replaceAll('\\', '/')).sort();
};

const wantedFiles = async (root: string): Promise<Map<string, string>> => {
  const { version } = JSON.parse((await readText(root, 'package.json')) ?? '{}') as { version: string };
  return new Map([...schemaFiles(), ['proto/generated/asyncapi.json', json(asyncApi(version))], ['proto/generated/openapi.json', json(openApi(version))], ...pageFiles()]);
};

/** Schemas of what is stored, where an older one lies on disk: what could not be read any more. */
const storedBreaks = async (root: string, wanted: ReadonlyMap<string, string>): Promise<string[]> => {
  const stored = services.flatMap(([, s]) => [...eventsOf(s).map(e => eventSchemaPath(e)), ...viewsOf(s).map(v => viewSchemaPath(v))]);
  const found: string[] = [];
  for (const path of stored) {
    const before = await readText(root, path);
    const after = wanted.get(path);
    if (before === undefined || after === undefined) continue;
    for (const text of breaks(JSON.parse(before) as JsonSchema, JSON.parse(after) as JsonSchema)) {
      found.push(`${path}: ${text}. What is stored in this shape must stay readable: raise \`schema\` and add an upcast (or, if the shape was never released, remove this file and its golden example).`);
    }
  }
  return found;
};

/** An older version of a stored shape keeps its schema: upcasts are written from it. */
const isOlderVersion = (path: string): boolean => /\/json-schema\/[^/]+\/(?:events|views)\/.+\.v\d+\.json$/.test(path);

export interface Outcome { /** Reasons to fail, one sentence each. */ readonly problems: readonly string[]; readonly written: readonly string[] }

export const generate = async (options: { check: boolean; root?: string }): Promise<Outcome> => {
  const root = options.root ?? ROOT;
  const wanted = await wantedFiles(root);
  const problems = await storedBreaks(root, wanted);
  const written: string[] = [];
  const put = async (path: string, text: string): Promise<void> => {
    written.push(path);
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  if (problems.length > 0) return { problems, written };

  for (const [path, text] of wanted) {
    if ((await readText(root, path)) === text) continue;
    if (options.check) problems.push(`${path} is not current; run \`npm run contracts\` and commit it.`);
    else await put(path, text);
  }
  for (const path of (await Promise.all(OWNED.map(folder => filesUnder(root, folder)))).flat()) {
    if (wanted.has(path) || isOlderVersion(path)) continue;
    if (options.check) problems.push(`${path} is made from nothing any more; run \`npm run contracts\`.`);
    else await rm(join(root, path));
  }
  for (const [path, text] of currentGoldens()) {
    if ((await readText(root, path)) !== undefined) continue;
    if (options.check) problems.push(`${path} is missing; run \`npm run contracts\` and commit it.`);
    else await put(path, text);
  }
  for (const path of await filesUnder(root, EXAMPLES)) problems.push(...goldenProblems(path, (await readText(root, path)) ?? ''));
  return { problems, written };
};
