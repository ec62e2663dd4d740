// Module hooks that let Node run our TypeScript from source: `./x.js` finds `x.ts`, and files are translated by swc with the same settings as
// the tests (decorator metadata included); scripts, charts and catalog entries (*.sh, *.tpl, *.yaml) are imported as their text. Translations are kept in node_modules/.cache by content.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync, version } from '@swc/core';
import options from '../../../../swc.config.mjs';

const folder = fileURLToPath(new URL('../../../../node_modules/.cache/xanthus/ts/', import.meta.url));
const salt = `${version}${JSON.stringify(options)}`;

export async function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && /\.tsx?$/.test(context.parentURL)) {
    for (const ending of ['.ts', '.tsx']) {
      const url = new URL(specifier.replace(/\.js$/, ending), context.parentURL);
      if (existsSync(fileURLToPath(url))) return { url: url.href, format: 'module', shortCircuit: true };
    }
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (/\.(sh|tpl|yaml)$/.test(url)) return { format: 'module', source: `export default ${JSON.stringify(readFileSync(fileURLToPath(url), 'utf8'))};`, shortCircuit: true };
  if (!/\.tsx?$/.test(url) || url.includes('/node_modules/')) return next(url, context);
  const file = fileURLToPath(url);
  const text = readFileSync(file, 'utf8');
  const kept = join(folder, `${createHash('sha256').update(salt).update(file).update(text).digest('hex')}.mjs`);
  if (existsSync(kept)) return { format: 'module', source: readFileSync(kept, 'utf8'), shortCircuit: true };
  const { code } = transformSync(text, { ...options, filename: file });
  const fresh = `${kept}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(fresh, code);
    renameSync(fresh, kept); // whole or not at all: others read it at the same time
  } catch { /* this user may not write there; it is only a cache */ }
  return { format: 'module', source: code, shortCircuit: true };
}
