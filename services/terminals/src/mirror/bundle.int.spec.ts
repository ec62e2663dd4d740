import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const mirrors = fileURLToPath(new URL('./mirrors.ts', import.meta.url));
let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'mirror-bundle-')); });
afterAll(() => rm(folder, { recursive: true }));

describe('the worker of screens', () => {
  it('starts from a bundle, wherever the line that starts it went', async () => {
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src/main.ts'), "await import('./part.js');");
    await writeFile(join(folder, 'src/part.ts'), `
      import { createMirrors } from ${JSON.stringify(mirrors)};
      const mirrors = createMirrors({ workers: 1 });
      const mirror = mirrors.open({ cols: 80, rows: 24, onReply: bytes => console.log(JSON.stringify(Buffer.from(bytes).toString())), onTitle: () => {}, onMark: () => {}, onLost: why => console.log(why) });
      mirror.write(Buffer.from('\\x1b[>q'));
      await mirror.snapshot();
      await mirrors.stop();`);
    await run(process.execPath, [join(root, 'node_modules/rolldown/bin/cli.mjs'), '-c', join(root, 'rolldown.config.mjs')], { cwd: folder });
    expect((await readdir(join(folder, 'dist/chunks'))).filter(name => name.endsWith('.js')).toSorted().map(name => name.split('-')[0])).toEqual(expect.arrayContaining(['mirror.worker', 'part']));
    const { stdout } = await run(process.execPath, [join(folder, 'dist/main.js')]);
    expect(stdout.trim()).toBe(JSON.stringify('\x1bP>|xterm.js(6.0.0)\x1b\\'));
  });
});
