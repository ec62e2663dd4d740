import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.js';
import { unpackPackage } from './unpacked-package.js';

let folder: string;
const before = process.env.APT_CONFIG;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xanthus-apt-'));
  mkdirSync(join(folder, 'repository'));
  writeFileSync(join(folder, 'sources.list'), `deb [trusted=yes] file:${folder}/repository ./\n`);
  mkdirSync(join(folder, 'none'));
  writeFileSync(join(folder, 'apt.conf'), `Dir::Etc::sourcelist "${folder}/sources.list";\nDir::Etc::sourceparts "${folder}/none";\n`);
  process.env.APT_CONFIG = join(folder, 'apt.conf');
});
afterEach(() => {
  if (before === undefined) delete process.env.APT_CONFIG;
  else process.env.APT_CONFIG = before;
  rmSync(folder, { recursive: true, force: true });
});

/** A package in our own little repository. */
function publish(name: string, depends: string, file: string, text: string): void {
  const tree = join(folder, name);
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, file, '..'), { recursive: true });
  writeFileSync(join(tree, file), text, { mode: 0o755 });
  const control = `Package: ${name}\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\n${depends ? `Depends: ${depends}\n` : ''}Description: for a test\n`;
  writeFileSync(join(tree, 'DEBIAN', 'control'), control);
  const deb = join(folder, 'repository', `${name}.deb`);
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', tree, deb], { stdio: 'ignore' });
  const hash = createHash('sha256').update(readFileSync(deb)).digest('hex');
  writeFileSync(join(folder, 'repository', 'Packages'), `${control}Filename: ./${name}.deb\nSize: ${statSync(deb).size}\nSHA256: ${hash}\n\n`, { flag: 'a' });
}

it('unpacks a program and the libraries that are not installed, which it finds wherever its folder is', async () => {
  publish('xanthus-tool', 'libxanthus-tool, libc6', 'usr/sbin/tool', '#!/bin/sh\necho "$LD_LIBRARY_PATH $*"\n');
  publish('libxanthus-tool', '', 'usr/lib/x86_64-linux-gnu/libtool.so', 'library');
  const got = await unpackPackage({ program: 'tool', package: 'xanthus-tool', inside: 'usr/sbin/tool', options: [{ file: 'usr/sbin/tool', option: 'Path' }, { file: 'nowhere', option: 'Other' }] }, { cache: join(folder, 'cache'), progress: () => undefined });
  expect(got).toEqual({ path: join(folder, 'cache', 'tool') });
  const root = join(folder, 'cache', 'packages', 'xanthus-tool');
  expect((await run(join(folder, 'cache', 'tool'), ['-x', 'a b'])).output.trim()).toBe(`${root}/usr/lib/x86_64-linux-gnu -x a b -o Path=${root}/usr/sbin/tool`);
  symlinkSync(root, join(folder, 'elsewhere'));
  expect((await run(join(folder, 'elsewhere', 'tool'), [])).code).toBe(0);
});

it('refuses a package that is not what the list says, and leaves nothing behind', async () => {
  publish('xanthus-tool', '', 'usr/sbin/tool', '#!/bin/sh\n');
  const packages = join(folder, 'repository', 'Packages');
  writeFileSync(packages, readFileSync(packages, 'utf8').replace(/SHA256: .*/, `SHA256: ${'0'.repeat(64)}`));
  const got = await unpackPackage({ program: 'tool', package: 'xanthus-tool', inside: 'usr/sbin/tool' }, { cache: join(folder, 'cache'), progress: () => undefined });
  expect(got).toEqual({ why: expect.stringMatching(/could not download xanthus-tool: E:/) });
  expect((await run('ls', ['-A', join(folder, 'cache')])).output).toBe('');
});
