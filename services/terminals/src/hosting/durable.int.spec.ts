/** Shells that outlive connections and the service (tmux), and marks of commands: what is asked of the host, and what is left alone there. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@xanthus/kernel';
import { connectSsh, type SshConnection } from '@xanthus/ssh';
import { eventually, tempDir, type TempDir } from '@xanthus/testing';
import { startHostGround, TENANT, type Ground } from './host-ground.fixture.js';

let on: Ground;
let folder: TempDir;
let onHost: SshConnection;
beforeAll(async () => {
  folder = await tempDir('xanthus-tmux-');
  // Its sockets are not those of whoever runs the specs.
  on = await startHostGround({ sshd: { env: { TMUX_TMPDIR: folder.path, SHELL: '/bin/bash' } } });
  onHost = await connectSsh({ target: { host: '127.0.0.1', port: on.sshd.port, user: on.sshd.user }, auth: { privateKey: on.sshd.privateKey }, hostKey: { pinned: on.sshd.hostKey.fingerprint }, addresses: { allow: ['loopback'] } });
});
afterAll(async () => {
  await onHost?.exec(['tmux', '-L', 'xanthus', 'kill-server']).catch(() => undefined);
  onHost?.close();
  await on?.stop();
  await folder?.remove();
});
const connect = async (): Promise<SshConnection> => {
  if (!onHost.open) onHost = await connectSsh({ target: { host: '127.0.0.1', port: on.sshd.port, user: on.sshd.user }, auth: { privateKey: on.sshd.privateKey }, hostKey: { pinned: on.sshd.hostKey.fingerprint }, addresses: { allow: ['loopback'] } });
  return onHost;
};
const sessions = async (): Promise<string> => (await (await connect()).exec(['tmux', '-L', 'xanthus', 'list-sessions', '-F', '#S'])).stdout;

describe('a durable shell', () => {
  it('is found again after its connection was cut, and after its service was killed; closed, it is gone from the host', async () => {
    const { session, viewer } = await on.shell({ durable: true });
    viewer.type('marker=kept; echo "$marker-$((1 + 1))"\r');
    await viewer.shows('kept-2');
    expect(await sessions()).toBe(`xanthus-${session}\n`);
    await on.sshd.dropConnections();
    // tmux may still say that it was left, or the connection be gone before it can.
    expect(await viewer.until('state', c => c['state'] === 'interrupted')).toMatchObject({ message: expect.stringMatching(/lost|was left/) });
    await on.noted(session, 'interrupted');
    await viewer.until('state', c => c['state'] === 'open');
    await on.noted(session, 'resumed');
    viewer.type('echo "$marker-$((2 + 2))"\r');
    await viewer.shows('kept-4');

    // As after kill -9 of the service: nobody says goodbye, and another copy takes it up, its offsets behind all of before.
    const before = viewer.offset ?? 0;
    await on.host.stop();
    expect(await sessions()).toBe(`xanthus-${session}\n`);
    const other = await on.copy();
    (on as { host: typeof other }).host = other;
    on.notes.length = 0;
    on.start({ id: session, durable: true, status: 'interrupted', requested_at: new Date(Date.now() - 60_000).toISOString() });
    await on.noted(session, 'resumed');
    viewer.close();
    const again = await on.viewer(session, { offset: before });
    await eventually(() => again.markers.length > 0 && (again.offset ?? 0) > before);
    again.type('echo "$marker-$((3 + 3))"\r');
    await again.shows('kept-6');
    await other.end(TENANT, session, { how: 'closed', message: '' });
    await eventually(async () => await sessions() === '');
  });

  it('ends with its shell, and is not made again where it is gone', async () => {
    const { session, viewer } = await on.shell({ durable: true });
    viewer.type('exit\r');
    expect(await viewer.until('exit')).toMatchObject({ reason: 'exit' });
    expect(await on.noted(session, 'ended')).toMatchObject({ how: 'exit' });
    const gone = on.start({ durable: true, status: 'interrupted', id: newId() });
    expect(await on.noted(gone, 'ended')).toMatchObject({ how: 'lost', problem: 'SESSION.GONE' });
    expect(await sessions()).toBe('');
  });
});

describe('commands', () => {
  it('are marked by the environment alone: nothing is written on the host, nothing leaks to what is run', async () => {
    const { session, viewer } = await on.shell({ integration: true });
    // Shells that ended before may write theirs only now.
    const files = async (): Promise<string[]> => (await readdir(on.sshd.home)).filter(name => name !== '.bash_history');
    const before = await files();
    viewer.type('(exit 5)\r');
    expect(await on.noted(session, 'commandRan')).toMatchObject({ exitCode: 5, confidence: expect.any(String), durationMs: expect.any(Number) });
    viewer.type('env | grep -c "^PROMPT_COMMAND\\|^PS0"; echo "$COLORTERM"; shopt login_shell\r');
    // Right behind the mark of its output.
    await viewer.shows(']133;C\u00070\r\n');
    await viewer.shows('truecolor');
    await viewer.shows('login_shell    \ton');
    expect(await files()).toEqual(before);
  });

  it('are not, where the user has a prompt command of their own, which runs', async () => {
    await mkdir(on.sshd.home, { recursive: true });
    await writeFile(join(on.sshd.home, '.bash_profile'), 'PROMPT_COMMAND=\'mine=$((mine + 1))\'\n');
    const { viewer } = await on.shell({ integration: true });
    viewer.type('echo "mine-$((mine > 0))"\r');
    await viewer.shows('mine-1');
    expect(viewer.text).not.toContain(']133;A');
  });
});
