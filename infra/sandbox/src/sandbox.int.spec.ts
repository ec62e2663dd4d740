import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { connectSsh } from '@xanthus/ssh';
import { startProxy, tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { startSandbox } from './sandbox.js';
import type { RunningSandbox } from './sandbox.js';

let folder: TempDir;
let sandbox: RunningSandbox;
beforeAll(async () => {
  folder = await tempDir();
  await mkdir(join(folder.path, 'logs'));
  sandbox = await startSandbox(folder.path, () => undefined);
});
afterAll(async () => {
  await sandbox.stop();
  await folder.remove();
});

async function run(command: string): Promise<{ output: string; fingerprint: string }> {
  const { host, port, user, private_key_file } = sandbox.description;
  const connection = await connectSsh({
    target: { host, port, user }, auth: { privateKey: await readFile(private_key_file, 'utf8') }, hostKey: { verify: () => true }, addresses: { allow: ['loopback'] },
  });
  try {
    return { output: (await connection.exec(['sh', '-c', command])).stdout.trim(), fingerprint: connection.hostKey.fingerprint };
  } finally {
    connection.close();
  }
}

describe('sandbox', () => {
  it('is a real SSH server with the host key it describes', async () => {
    const { output, fingerprint } = await run('id -u; hostname; cat /proc/loadavg | wc -w');
    expect(output.split('\n')).toEqual(['1000', 'sandbox', '5']);
    expect(fingerprint).toBe(sandbox.description.host_key.fingerprint);
    expect(sandbox.description.isolation).toBe('bubblewrap');
  });

  it('shows this machine\'s disk as its own', async () => {
    const disk = await statfs(folder.path);
    expect(Number((await run('df -P -k / | tail -1 | tr -s " " | cut -d" " -f2')).output)).toBe(disk.blocks * disk.bsize / 1_024);
  });

  it('keeps its home between connections', async () => {
    await run('echo kept > ~/note');
    expect((await run('cat ~/note')).output).toBe('kept');
  });

  it('reaches neither the ports nor the files nor the processes of this machine', async () => {
    const proxy = await startProxy(1);
    try {
      const script = [
        `(exec 3<>/dev/tcp/127.0.0.1/${proxy.port}) 2>/dev/null && echo port`,
        `cat ${join(folder.path, 'sandbox', 'id_ed25519')} 2>/dev/null && echo key`,
        'cat /etc/shadow 2>/dev/null && echo shadow',
        `ls ${process.cwd()} 2>/dev/null && echo code`,
        `kill -0 ${process.pid} 2>/dev/null && grep -q node /proc/${process.pid}/cmdline && echo process`,
        'touch /usr/bin/x 2>/dev/null && echo usr',
        'touch /etc/x 2>/dev/null && echo etc',
        'touch /x 2>/dev/null && echo root',
        'ls /proc/net/tcp >/dev/null; tail -n +2 /proc/net/tcp | wc -l',
      ];
      expect((await run(`bash -c '${script.join('\n')}'`)).output).toBe('0');
    } finally {
      await proxy.stop();
    }
  });

  it('keeps its port, keys and privacy over a restart', async () => {
    const before = sandbox.description;
    await sandbox.stop();
    sandbox = await startSandbox(folder.path, () => undefined);
    expect(sandbox.description).toEqual(before);
    expect((await stat(before.private_key_file)).mode & 0o077).toBe(0);
    expect(JSON.parse(await readFile(sandbox.file, 'utf8'))).toEqual(before);
  });
});
