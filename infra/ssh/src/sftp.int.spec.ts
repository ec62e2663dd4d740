import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProxy, startSshd, type TestSshd } from '@xanthus/testing';
import { connectSsh, type Sftp, type SftpFile, type SshConnection } from './index.js';

let sshd: TestSshd;
let connection: SshConnection;
let sftp: Sftp;
const connect = (to: TestSshd, port = to.port): Promise<SshConnection> => connectSsh({
  target: { host: '127.0.0.1', port, user: to.user }, auth: { privateKey: to.privateKey }, hostKey: { pinned: to.hostKey.fingerprint, type: to.hostKey.type }, addresses: { allow: ['loopback'] },
});
beforeAll(async () => {
  sshd = await startSshd();
  connection = await connect(sshd);
  sftp = await connection.sftp();
});
afterAll(async () => {
  connection?.close();
  await sshd?.stop();
});
const at = (name: string): string => join(sshd.home, name);
const using = async <T>(file: SftpFile, use: (file: SftpFile) => Promise<T>): Promise<T> => {
  try {
    return await use(file);
  } finally {
    await file.close();
  }
};
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('files over SFTP', () => {
  it('come back byte for byte, in pieces side by side, and end where they end', async () => {
    const content = randomBytes(3_000_001);
    await using(await sftp.open(at('big'), { for: 'create', mode: 0o640 }), async file => {
      await Promise.all([0, 1_000_000, 2_000_000].map(offset => file.write(offset, content.subarray(offset, offset === 2_000_000 ? undefined : offset + 1_000_000))));
      expect(await file.sync()).toBe(true);
    });
    expect(digest(await readFile(at('big')))).toBe(digest(content));
    await using(await sftp.open(at('big'), { for: 'read' }), async file => {
      expect(digest(await file.read(0, 4_000_000))).toBe(digest(content));
      expect((await file.read(2_999_990, 512 * 1024)).length).toBe(11);
      expect((await file.read(9_000_000, 10)).length).toBe(0);
      expect(await file.stat()).toMatchObject({ kind: 'file', size: 3_000_001, mode: 0o640 });
    });
  });

  it('have any name that the host takes, and a long list of them', async () => {
    const odd = ['-rf', '$(id)', 'new\nline', '*', '\'"', 'ä😀', 'x'.repeat(255)];
    await mkdir(at('odd'));
    for (const name of odd) await using(await sftp.open(`${at('odd')}/${name}`, { for: 'create' }), file => file.write(0, Buffer.from(name)));
    await Promise.all(Array.from({ length: 2_500 }, (_, i) => writeFile(join(at('odd'), `many-${i}`), '')));
    const listed = await sftp.list(at('odd'));
    expect(listed).toHaveLength(2_500 + odd.length);
    expect(new Set(listed.map(e => e.name))).toEqual(new Set([...odd, ...Array.from({ length: 2_500 }, (_, i) => `many-${i}`)]));
    expect(listed.find(e => e.name === '-rf')).toMatchObject({ kind: 'file', size: 3, owner: sshd.user });
    expect(await sftp.list(at('odd'), 10)).toHaveLength(10);
    for (const name of odd) await sftp.unlink(`${at('odd')}/${name}`);
    expect((await sftp.list(at('odd'))).every(e => e.name.startsWith('many-'))).toBe(true);
  });

  it('take another name, in one step where one stands already, and not unless it is said', async () => {
    await Promise.all([writeFile(at('a'), 'a'), writeFile(at('b'), 'b')]);
    await expect(sftp.rename(at('a'), at('b'))).rejects.toMatchObject({ code: 'FILES.FAILED' });
    await sftp.rename(at('a'), at('b'), true);
    expect(await readFile(at('b'), 'utf8')).toBe('a');
    await sftp.chmod(at('b'), 0o600);
    await sftp.setModified(at('b'), 1_000_000_000);
    expect(await sftp.stat(at('b'))).toMatchObject({ mode: 0o600, modified: 1_000_000_000 });
    expect(await sftp.free(at('b'))).toBeGreaterThan(0);
  });

  it('are told from links, and links lead where they lead', async () => {
    await symlink(at('big'), at('link'));
    await symlink(at('loop-b'), at('loop-a'));
    await symlink(at('loop-a'), at('loop-b'));
    expect(await sftp.lstat(at('link'))).toMatchObject({ kind: 'link' });
    expect(await sftp.readlink(at('link'))).toBe(at('big'));
    expect(await sftp.realpath(at('link'))).toBe(at('big'));
    await expect(sftp.realpath(at('loop-a'))).rejects.toMatchObject({ code: expect.stringMatching(/^FILES\./) });
    await sftp.unlink(at('link'));
    expect((await lstat(at('big'))).isFile()).toBe(true);
  });

  it('say what is the matter', async () => {
    await mkdir(at('full'));
    await writeFile(join(at('full'), 'x'), '');
    await expect(sftp.stat(at('nothing'))).rejects.toMatchObject({ code: 'FILES.NOT_FOUND', message: expect.stringContaining('nothing') });
    await expect(sftp.rmdir(at('full'))).rejects.toMatchObject({ code: 'FILES.FAILED' });
    await expect(sftp.open(at('full'), { for: 'read' })).rejects.toMatchObject({ code: 'FILES.FAILED' });
    await expect(sftp.open(at('big'), { for: 'create' })).rejects.toMatchObject({ code: 'FILES.FAILED' });
    await expect(sftp.mkdir(`${at('x')}${'x'.repeat(300)}`)).rejects.toMatchObject({ code: 'FILES.NAME_INVALID' });
    await sftp.mkdir(at('made'), 0o700);
    await sftp.rmdir(at('made'));
    await expect(stat(at('made'))).rejects.toThrow('ENOENT');
    if (process.getuid?.() === 0) return;
    await mkdir(at('locked'));
    await chmod(at('locked'), 0);
    await expect(sftp.list(at('locked'))).rejects.toMatchObject({ code: 'FILES.FORBIDDEN' });
    await rm(at('locked'), { recursive: true });
  });

  it('do not hang on a pipe', async () => {
    await connection.exec(['mkfifo', at('pipe')]);
    await expect(sftp.open(at('pipe'), { for: 'read' })).rejects.toMatchObject({ code: 'FILES.FAILED', message: expect.stringContaining('no file') });
    expect((await sftp.lstat(at('pipe'))).kind).toBe('other');
  });
});

describe('a channel for files', () => {
  it('that is cut tells all that waits, and counts as use of its connection until then', async () => {
    const proxy = await startProxy(sshd.port);
    const other = await connect(sshd, proxy.port);
    const files = await other.sftp();
    expect(other.busy).toBe(1);
    const file = await files.open(at('big'), { for: 'read' });
    proxy.stall();
    const reading = file.read(0, 512 * 1024);
    proxy.cut();
    await expect(reading).rejects.toMatchObject({ code: 'SERVER.DISCONNECTED' });
    await files.ended;
    await expect(files.stat(at('big'))).rejects.toMatchObject({ code: 'SERVER.DISCONNECTED' });
    expect([files.alive, other.busy]).toEqual([false, 0]);
    await proxy.stop();
  });

  it('is refused in words where there is no SFTP', async () => {
    const bare = await startSshd({ config: 'ForceCommand /bin/false' });
    const without = await connect(bare);
    await expect(without.sftp()).rejects.toMatchObject({ code: 'FILES.NO_SFTP', message: expect.stringContaining('Subsystem sftp') });
    without.close();
    await bare.stop();
  });
});
