/**
 * `npm run texts`: reads every text out of the sources into `en.json` and says what German lacks.
 *   --missing <file>   writes what German lacks as JSON, to be filled in
 *   --merge <file>     takes a filled one over into `de.json`
 *   --prune            throws German texts away that nobody says any more
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { catalogOf, problemsOf, readCatalog, writeCatalog, type Catalog } from './catalogs.js';
import { readAll } from './find-texts.js';

const { values } = parseArgs({ options: { missing: { type: 'string' }, merge: { type: 'string' }, prune: { type: 'boolean' }, only: { type: 'string' } } });
const { texts, faults } = readAll();
const english = catalogOf(texts);
writeCatalog('en', english);

const given = values.merge ? Object.entries(JSON.parse(readFileSync(values.merge, 'utf8')) as Catalog).filter(([, text]) => text !== '') : [];
const kept = Object.entries(readCatalog('de')).filter(([key]) => !values.prune || key in english);
const german: Catalog = Object.fromEntries([...kept, ...given]);
if (values.merge || values.prune) writeCatalog('de', german);

const rooms = values.only?.split(',');
const missing = Object.entries(english).filter(([key, where]) => !(key in german) && (!rooms || where.split(' ').some(room => rooms.includes(room)))).map(([key]) => key);
if (values.missing) writeFileSync(values.missing, `${JSON.stringify(Object.fromEntries(missing.map(key => [key, ''])), null, 1)}\n`);
console.log(`${Object.keys(english).length} texts, ${missing.length} not in German${rooms ? ` in ${rooms.join(', ')}` : ''}.`);
for (const problem of problemsOf(texts, german).filter(p => p.startsWith('other'))) console.log(problem);
const shown = faults.filter(f => !rooms || rooms.includes(f.file.slice(0, Math.max(0, f.file.indexOf('/')))));
for (const { file, line, what } of shown) console.log(`web/src/${file}:${line}: ${what}`);
