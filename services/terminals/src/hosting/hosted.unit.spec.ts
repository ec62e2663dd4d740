import { describe, expect, it } from '@jest/globals';
import type { Reach } from '@xanthus/reach';
import { eventually } from '@xanthus/testing';
import { SshError, type ShellEnd } from '@xanthus/ssh';
import { blindMirrors, deafShell, quietWire, STATE } from './held-shell.fixture.js';
import { Hosted, type HostedPorts } from './hosted.js';

/** A host with tmux: its shells, and when the next one is opened. */
const hostOf = (opening: Promise<void> = Promise.resolve()) => {
  const alive = new Set<string>();
  let lose: (end: ShellEnd) => void = () => undefined;
  let down = false;
  const connection = {
    user: 'root', address: '192.0.2.1', hostKey: { fingerprint: 'SHA256:x' },
    exec: async (argv: readonly string[]) => {
      const name = argv.at(-1) ?? '';
      if (argv.includes('kill-session')) return { code: alive.delete(name.slice(1)) ? 0 : 1, stdout: '', stderr: '' };
      if (argv.includes('has-session')) return { code: alive.has(name.slice(1)) ? 0 : 1, stdout: '', stderr: '' };
      return { code: 0, stdout: 'xanthus-begin\n/bin/sh\n0\ntmux\nxanthus-end\n', stderr: '' };
    },
    shell: async ({ command }: { readonly command: readonly string[] }) => {
      await opening;
      alive.add(command.at(-1) ?? '');
      return { ...deafShell(), ended: new Promise<ShellEnd>((resolve) => { lose = resolve; }) };
    },
  };
  const gone = new SshError('session', 'SERVER.DISCONNECTED', 'The connection was lost.');
  const reach = { channel: async (_way: unknown, open: (c: typeof connection) => unknown) => { if (down) throw gone; return open(connection); } } as unknown as Reach;
  return { alive, reach, cut: () => { down = true; lose({ code: null, signal: null, lost: gone }); }, back: () => { down = false; } };
};
const hosted = (reach: Reach) => {
  const said: string[] = [];
  const note = (what: string) => (): Promise<void> => { said.push(what); return Promise.resolve(); };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const notes = Object.fromEntries(['opened', 'interrupted', 'resumed', 'attached', 'detached', 'resized', 'commandRan', 'ended'].map(what => [what, note(what)]));
  const made = new Hosted({ wire: quietWire(), mirrors: blindMirrors(), reach, notes, log, record: undefined, onRecordingFailure: 'end', behind: () => 0, now: () => 1, gone: () => undefined } as unknown as HostedPorts, { ...STATE, durable: true }, 0);
  return { made, said };
};

describe('a durable shell that is ended', () => {
  it('while it is being opened is not left on its host', async () => {
    let go: () => void = () => undefined;
    const { alive, reach } = hostOf(new Promise((resolve) => { go = resolve; }));
    const { made } = hosted(reach);
    const running = made.run();
    await made.end('killed', 'no');
    go();
    await running;
    expect([...alive]).toEqual([]);
  });

  it('while its connection was lost is not left on its host, in the copy that opened it too', async () => {
    const { alive, reach, cut, back } = hostOf();
    const { made, said } = hosted(reach);
    await made.run();
    expect(alive.size).toBe(1);
    cut();
    await eventually(() => said.includes('interrupted'));
    back();
    await made.end('killed', 'no');
    expect([...alive]).toEqual([]);
  });

  it('while its host cannot be reached goes when it can be', async () => {
    const { alive, reach, cut, back } = hostOf();
    const { made, said } = hosted(reach);
    await made.run();
    cut();
    await eventually(() => said.includes('interrupted'));
    await made.end('killed', 'no');
    expect(alive.size).toBe(1);
    back();
    await eventually(() => alive.size === 0);
  });
});
