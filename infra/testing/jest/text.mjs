// Scripts, charts and catalog entries (*.sh, *.tpl, *.yaml) are imported as their text, as the bundler does it. Read here once more: Jest hands it over without its `#!` line.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export default {
  process: (_, path) => ({ code: `export default ${JSON.stringify(readFileSync(path, 'utf8'))};` }),
  getCacheKey: (text, path) => createHash('sha256').update(`${path}\0${readFileSync(path, 'utf8')}\0${text}`).digest('hex'),
};
