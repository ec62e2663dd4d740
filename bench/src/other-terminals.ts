/** Other web terminals, for comparison: installed outside the repository, and left out with a sentence where they cannot be had. */
import { execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@xanthus/testing';
import { WebSocket } from 'ws';

export interface OtherScreen { type(text: string): void; onBytes: (bytes: Uint8Array) => void; close(): void }
export interface OtherTerminal { readonly name: string; open(): Promise<OtherScreen>; stop(): Promise<void> }
interface To { readonly port: number; readonly user: string; readonly privateKey: string; readonly quick: boolean }

const WETTY = '3.2.0';
const INSTALL_MS = 300_000;
const run = promisify(execFile);

export const ttydNote = 'ttyd was not run: it is in no registry of packages that installs it for everybody (npm\'s package of that name is another program).';

const cache = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'xanthus-bench', `wetty-${WETTY}`);

/** @returns why it was left out, as a sentence */
export const startWetty = async ({ port, user, privateKey, quick }: To): Promise<OtherTerminal | string> => {
  const folder = cache();
  const program = join(folder, 'node_modules', 'wetty', 'build', 'main.js');
  const there = await access(program).then(() => true, () => false);
  if (!there && quick) return `WeTTY ${WETTY} was not run: it is not installed yet, and a quick run installs nothing.`;
  try {
    if (!there) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), '{"private":true}');
      await run('npm', ['install', '--no-save', `wetty@${WETTY}`], { cwd: folder, timeout: INSTALL_MS });
    }
    return await serve(program, { port, user, privateKey });
  } catch (error) {
    return `WeTTY ${WETTY} was not run: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`;
  }
};

const serve = async (program: string, { port, user, privateKey }: Omit<To, 'quick'>): Promise<OtherTerminal> => {
  const keys = await mkdtemp(join(tmpdir(), 'xanthus-bench-'));
  await writeFile(join(keys, 'key'), privateKey, { mode: 0o600 });
  const own = await freePort();
  const child = spawn(process.execPath, [program, '--host', '127.0.0.1', '--port', String(own), '--ssh-host', '127.0.0.1', '--ssh-port', String(port), '--ssh-user', user, '--ssh-key', join(keys, 'key'), '--ssh-auth', 'publickey', '--base', '/wetty', '--allow-iframe'], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await rm(keys, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries++) {
    if (await fetch(`http://127.0.0.1:${own}/wetty`).then(() => true, () => false)) break;
    if (tries === 100 || child.exitCode !== null) {
      await stop();
      throw new Error('it does not start here');
    }
    await new Promise(resolve => { setTimeout(resolve, 100); });
  }
  return { name: `WeTTY ${WETTY}`, open: () => openWetty(own), stop };
};

/** socket.io by hand: `42["data", text]` comes, `42["input", text]` goes, `commit` tells what was taken. */
const openWetty = (port: number): Promise<OtherScreen> => new Promise((resolve, reject) => {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/wetty/socket.io/?EIO=4&transport=websocket`, { headers: { referer: `http://127.0.0.1:${port}/wetty` } });
  let taken = 0;
  const emit = (...event: unknown[]): void => ws.send(`42${JSON.stringify(event)}`);
  const screen: OtherScreen = { type: text => emit('input', text), onBytes: () => undefined, close: () => ws.terminate() };
  ws.on('error', reject);
  ws.on('close', () => reject(new Error('WeTTY closed the connection')));
  ws.on('message', (data) => {
    const text = String(data);
    if (text.startsWith('0')) return ws.send('40');
    if (text === '2') return ws.send('3');
    if (text.startsWith('40')) return emit('resize', { cols: 80, rows: 24 });
    if (!text.startsWith('42')) return;
    const [event, value] = JSON.parse(text.slice(2)) as [string, unknown];
    if (event !== 'data') return;
    const bytes = Buffer.from(String(value));
    taken += bytes.length;
    if (taken > 262_144) {
      emit('commit', taken);
      taken = 0;
    }
    screen.onBytes(bytes);
    resolve(screen);
  });
});
