/** Shells on a terminal of a real sshd: bytes as they are, sizes, signals, ends, and what a machine refuses. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startProxy, startSshd, type TestSshd } from '@xanthus/testing';
import { connectSsh, type ShellOptions, type SshConnection, type SshShell } from './index.js';

let sshd: TestSshd;
const ends: (() => unknown)[] = [];
const connect = async (to: TestSshd = sshd, port = to.port): Promise<SshConnection> => {
  const connection = await connectSsh({ target: { host: '127.0.0.1', port, user: to.user }, auth: { privateKey: to.privateKey }, hostKey: { pinned: to.hostKey.fingerprint }, addresses: { allow: ['loopback'] } });
  ends.push(() => connection.close());
  return connection;
};
class Screen {
  readonly chunks: Buffer[] = [];
  shell!: SshShell;
  static async open(connection: SshConnection, more: Partial<ShellOptions> = {}): Promise<Screen> {
    const screen = new Screen();
    screen.shell = await connection.shell({ cols: 80, rows: 24, onData: chunk => void screen.chunks.push(chunk), ...more });
    return screen;
  }
  get bytes(): Buffer { return Buffer.concat(this.chunks); }
  get text(): string { return this.bytes.toString(); }
  type(text: string): void { this.shell.write(Buffer.from(text)); }
  shows(text: string): Promise<unknown> { return eventually(() => this.text.includes(text)); }
}
let connection: SshConnection;
beforeAll(async () => {
  sshd = await startSshd();
  connection = await connect();
});
afterAll(async () => {
  for (const end of ends) end();
  await sshd?.stop();
});

describe('a shell', () => {
  it('is the user\'s own, on a terminal of that size and kind, and tells how it ends', async () => {
    const screen = await Screen.open(connection, { cols: 101, rows: 33 });
    screen.type('stty size; echo "$TERM" "$0"; exit 7\r');
    expect(await screen.shell.ended).toEqual({ code: 7, signal: null, lost: undefined });
    expect(screen.text).toMatch(/33 101\r\n[\s\S]*xterm-256color -\w*sh/);
    expect(connection.open).toBe(true);
    expect(connection.busy).toBe(0);
  });

  it('takes another size, and bytes of any kind pass as they are', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const screen = await Screen.open(connection, { command: ['sh', '-c', 'stty raw -echo; trap "stty size" WINCH; echo ready; head -c 256; echo; read -r line; stty size'] });
    await screen.shows('ready\n');
    screen.shell.write(all);
    await eventually(() => screen.bytes.includes(all));
    screen.shell.resize(10_000, 50);
    screen.type('x\n');
    await screen.shell.ended;
    expect(screen.text).toContain('50 10000');
  });

  it('waits while it is paused, up to what was under way, and loses nothing', async () => {
    let bytes = 0;
    const shell = await connection.shell({ cols: 80, rows: 24, command: ['sh', '-c', 'stty raw; head -c 20000000 /dev/zero'], onData: (chunk) => {
      if (bytes === 0) shell.pause();
      bytes += chunk.length;
    } });
    await eventually(() => shell.paused);
    await connection.exec(['true']);
    expect(bytes).toBeLessThan(1_000_000);
    shell.resume();
    expect(await shell.ended).toMatchObject({ code: 0 });
    expect(bytes).toBe(20_000_000);
  });

  it('counts what the program does not read', async () => {
    const screen = await Screen.open(connection, { command: ['sh', '-c', 'stty raw -echo; echo ready; sleep 600'] });
    await screen.shows('ready');
    for (let i = 0; i < 64; i++) screen.shell.write(Buffer.alloc(64 * 1024, 'x'));
    expect(screen.shell.pending).toBeGreaterThan(1024 * 1024);
    screen.shell.close();
    await screen.shell.ended;
    expect(screen.shell.pending).toBe(0);
  });

  it('ends by a signal, by a hang-up, with its connection', async () => {
    const [one, two] = [await Screen.open(connection, { command: ['sh', '-c', 'trap "exit 3" HUP; echo ready; while :; do sleep 0.1; done'] }), await Screen.open(connection, { command: ['sh', '-c', 'echo ready; kill -9 $$'] })];
    await one.shows('ready');
    one.shell.close();
    expect(await one.shell.ended).toMatchObject({ lost: undefined });
    expect(await two.shell.ended).toMatchObject({ code: null, signal: 'KILL', lost: undefined });
    expect(() => one.shell.signal('EVIL')).toThrow(TypeError);
    const proxy = await startProxy(sshd.port);
    const far = await connect(sshd, proxy.port);
    const screen = await Screen.open(far);
    await proxy.cut();
    expect(await screen.shell.ended).toMatchObject({ code: null, lost: { code: 'SERVER.DISCONNECTED' } });
    await expect(far.shell({ cols: 80, rows: 24, onData: () => undefined })).rejects.toMatchObject({ code: 'SERVER.DISCONNECTED' });
    await proxy.stop();
  });
});

describe('a machine that refuses', () => {
  const against = async (config: string, act: (to: SshConnection) => Promise<void>): Promise<void> => {
    const other = await startSshd({ config });
    try {
      await act(await connect(other));
    } finally {
      await other.stop();
    }
  };
  const nothing = { cols: 80, rows: 24, onData: () => undefined };

  it('says that there is no terminal', () => against('PermitTTY no', async (to) => {
    await expect(to.shell(nothing)).rejects.toMatchObject({ code: 'SERVER.NO_TERMINAL' });
  }));

  it('says that it opens no further channel, and goes on with those that are', async () => {
    // The first line of a keyword counts, and the fixture's is before: only a Match block overrides it.
    await against('Match all\n  MaxSessions 2', async (to) => {
      const held = [await Screen.open(to), await Screen.open(to)];
      await expect(to.shell(nothing)).rejects.toMatchObject({ code: 'SERVER.CHANNELS_FULL', retryable: true });
      await expect(to.exec(['true'])).rejects.toMatchObject({ code: 'SERVER.CHANNELS_FULL' });
      held[0]?.type('exit\r');
      await held[0]?.shell.ended;
      // sshd frees the place a moment later.
      await eventually(async () => (await to.exec(['true']).catch(() => undefined))?.code === 0);
    });
  });

  it('runs its ForceCommand as it comes, without or with a command', () => against('ForceCommand echo "forced:$SSH_ORIGINAL_COMMAND"; exit 4', async (to) => {
    for (const [more, shown] of [[{}, 'forced:\r\n'], [{ command: ['echo', 'a b'] }, 'forced:\'echo\' \'a b\'\r\n']] as const) {
      const screen = await Screen.open(to, more);
      expect(await screen.shell.ended).toMatchObject({ code: 4 });
      expect(screen.text).toBe(shown);
    }
  }));
});
