import { describe, expect, it } from '@jest/globals';
import type { Recorder } from '../recording/recorder.js';
import { blindMirrors, deafShell, quietWire, STATE } from './held-shell.fixture.js';
import { Terminal } from './terminal.js';

const open = () => {
  const mirrors = blindMirrors();
  const shell = deafShell();
  const terminal = new Terminal({ wire: quietWire(), mirrors, notes: { resized: () => undefined, commandRan: () => undefined }, log: { warn: () => undefined }, behind: () => 0, now: () => 1 }, STATE, 0);
  return { mirrors, shell, terminal };
};

describe('answers to a program that asks and asks, and reads nothing', () => {
  it('do not fill memory, nor the place of what somebody types', () => {
    const { mirrors, shell, terminal } = open();
    terminal.plug(shell);
    terminal.read(Buffer.from('\x1b[c'));
    const answer = Buffer.from('\x1b[?1;2c');
    for (let i = 0; i < 200_000; i += 1) mirrors.asked[0]?.onReply(answer);
    expect(shell.pending).toBeGreaterThan(1_000 * 1024);
    expect(shell.pending).toBeLessThanOrEqual(1024 * 1024);
    terminal.type(Uint8Array.of(3));
    expect(shell.text.endsWith('\x03')).toBe(true);
    terminal.close();
  });
});

describe('what is typed before the shell is there', () => {
  it('is recorded as all else, where input is', () => {
    const { shell, terminal } = open();
    const input: Uint8Array[] = [];
    terminal.type(Buffer.from('id\r'));
    terminal.record({ input: (bytes: Uint8Array) => void input.push(bytes) } as unknown as Recorder);
    terminal.plug(shell);
    expect([shell.text, Buffer.concat(input).toString()]).toEqual(['id\r', 'id\r']);
    terminal.close();
  });

  it('does not reach it once no moderator watches', () => {
    const { shell, terminal } = open();
    terminal.type(Buffer.from('id\r'));
    terminal.paused = true;
    terminal.plug(shell);
    terminal.paused = false;
    terminal.plug(shell);
    expect(shell.text).toBe('');
    terminal.close();
  });
});
