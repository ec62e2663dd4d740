import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseTtyFrame, TTY_KIND, ttyBytes, ttyControl, ttyJson } from '@xanthus/proto';
import { failure } from './error.js';
import { openTerminal, type Terminal, type TerminalOptions } from './terminal.js';

const settle = (ms = 1): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

class FakeSocket {
  static all: FakeSocket[] = [];
  readonly sent: Uint8Array[] = [];
  readyState = 0;
  binaryType = '';
  readonly #listeners = new Map<string, (event: object) => void>();
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
    queueMicrotask(() => { this.readyState = 1; this.#listeners.get('open')?.({}); });
  }
  addEventListener(type: string, fn: (event: object) => void): void { this.#listeners.set(type, fn); }
  send(frame: Uint8Array): void { this.sent.push(frame); }
  close(): void { this.readyState = 3; }
  says(control: object): void { this.frame(ttyControl(control)); }
  output(offset: number, value: string): void { this.frame(ttyBytes(TTY_KIND.OUTPUT, offset, bytes(value))); }
  snapshot(offset: number, value: string): void { this.frame(ttyBytes(TTY_KIND.SNAPSHOT, offset, bytes(value))); }
  frame(frame: Uint8Array): void { this.#listeners.get('message')?.({ data: frame.slice().buffer }); }
  cut(code = 1006): void { this.readyState = 3; this.#listeners.get('close')?.({ code }); }
  hello(more: object = {}): void { this.says({ op: 'hello', session: 's1', viewer: 'v1', offset: 0, cols: 80, rows: 24, mode: 'owner', types: true, viewers: [], recording: true, title: 'web-1', ...more }); }
  get controls(): { op: string; [field: string]: unknown }[] { return this.sent.flatMap(f => (f[0] === TTY_KIND.CONTROL ? [ttyJson(f) as { op: string }] : [])); }
  get typed(): string { return this.sent.filter(f => f[0] === TTY_KIND.INPUT).map(f => text(f.subarray(1))).join(''); }
}

/** A screen that takes its time: bytes are parsed when it is told so. */
class FakeScreen {
  shown = '';
  readonly said: string[] = [];
  readonly #waiting: (() => void)[] = [];
  auto = true;
  write(data: Uint8Array, parsed: () => void): void { this.shown += text(data); this.#waiting.push(parsed); if (this.auto) this.parse(); }
  reset(): void { this.shown = ''; this.said.push('reset'); }
  resize(cols: number, rows: number): void { this.said.push(`${cols}×${rows}`); }
  skipped(from: number, to: number): void { this.said.push(`skipped ${from}-${to}`); }
  parse(): void { for (const fn of this.#waiting.splice(0)) fn(); }
}

let screen: FakeScreen;
let terminal: Terminal;
const socket = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket;

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  FakeSocket.all = [];
  screen = new FakeScreen();
});
afterEach(() => {
  terminal?.close();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const open = async (options: Partial<TerminalOptions> = {}): Promise<FakeSocket> => {
  terminal = openTerminal({ url: 'http://localhost:1', session: 's1', token: () => Promise.resolve(`token ${FakeSocket.all.length + 1}`), screen, WebSocket: FakeSocket, ...options });
  await settle();
  return socket();
};
const live = async (more: object = {}): Promise<FakeSocket> => {
  const made = await open();
  made.hello(more);
  await settle();
  return made;
};
/** To the next attempt after a loss. */
const again = async (): Promise<FakeSocket> => { await settle(1_000); return socket(); };

describe('the socket of a terminal', () => {
  it('says who it is, takes the size of the session and is live at hello', async () => {
    const made = await live({ cols: 132, rows: 43 });
    expect(made.url).toBe('ws://localhost:1/ws/terminal/s1');
    expect(made.controls[0]).toEqual({ op: 'auth', token: 'token 1' });
    expect(screen.said).toEqual(['132×43']);
    expect(terminal.status.get().state).toBe('live');
    expect(terminal.facts.get()).toMatchObject({ mode: 'owner', types: true, recording: true, title: 'web-1', viewer: 'v1' });
  });

  it('goes on where it was after a loss, each byte once', async () => {
    const first = await live();
    first.output(0, 'hello ');
    first.output(4, 'o wor');
    first.cut();
    expect(terminal.status.get()).toMatchObject({ state: 'reconnecting', reason: { code: 'UNAVAILABLE' } });
    const second = await again();
    expect(second.url).toBe('ws://localhost:1/ws/terminal/s1?offset=9');
    expect(second.controls[0]).toEqual({ op: 'auth', token: 'token 2' });
    second.hello({ offset: 11 });
    second.output(9, 'ld');
    expect(screen.shown).toBe('hello world');
    expect(terminal.offset).toBe(11);
  });

  it('asks again for what is missing, and shows nothing behind a hole', async () => {
    const first = await live();
    first.output(0, 'abc');
    first.output(5, 'fgh');
    expect(screen.shown).toBe('abc');
    expect((await again()).url).toContain('offset=3');
  });

  it('takes a hole that was announced, and a snapshot in place of what is gone', async () => {
    const made = await live();
    made.output(0, 'abc');
    made.says({ op: 'marker', skipped_from: 3, skipped_to: 1_000 });
    made.snapshot(1_000, 'screen');
    made.output(1_000, '!');
    expect(screen.shown).toBe('screen!');
    expect(screen.said).toEqual(['80×24', 'skipped 3-1000', 'reset']);
    expect(terminal.offset).toBe(1_001);
  });

  it('takes no input before the replay is parsed, on the screen and not only on the wire', async () => {
    screen.auto = false;
    const made = await open();
    made.hello({ offset: 6 });
    screen.parse();
    expect([terminal.status.get().state, terminal.input('\u001b[?1;2c')]).toEqual(['replaying', false]);
    made.snapshot(4, '\u001b[c');
    made.output(4, 'ab');
    expect([terminal.status.get().state, terminal.input('x')]).toEqual(['replaying', false]);
    screen.parse();
    expect([terminal.status.get().state, terminal.input('y')]).toEqual(['live', true]);
    expect(made.typed).toBe('y');
  });

  it('grants what was parsed, later than the half that is never granted', async () => {
    screen.auto = false;
    const made = await live();
    screen.parse();
    const granted = (): number => made.controls.filter(c => c.op === 'credit').reduce((sum, c) => sum + Number(c['bytes']), 0);
    const chunk = 'x'.repeat(64 * 1024);
    for (let i = 0; i < 8; i++) made.output(i * chunk.length, chunk);
    await settle(100);
    expect(granted()).toBe(0);
    screen.parse();
    await settle(100);
    expect(granted()).toBe(256 * 1024);
    screen.auto = true;
    for (let i = 8; i < 12; i++) made.output(i * chunk.length, chunk);
    await settle(100);
    expect(granted()).toBe(512 * 1024);
  });

  it('sends the first key at once and what follows together, less than the gateway takes', async () => {
    const made = await live();
    for (const key of 'abcdef') terminal.input(key);
    const frames = (): number => made.sent.filter(f => f[0] === TTY_KIND.INPUT).length;
    expect([frames(), made.typed]).toEqual([1, 'a']);
    await settle(25);
    expect([frames(), made.typed]).toEqual([2, 'abcdef']);
    terminal.input('z'.repeat(100_000));
    await settle(200);
    expect(made.typed.length).toBe(100_006);
    expect(Math.max(...made.sent.map(f => f.length))).toBeLessThan(64 * 1024);
  });

  it('does not type for who may only watch, and does when that changes', async () => {
    const made = await live({ mode: 'observer', types: false });
    terminal.resize(100, 30);
    expect([terminal.input('x'), made.controls.map(c => c.op)]).toEqual([false, ['auth', 'ping']]);
    made.says({ op: 'viewers', viewers: [{ viewer: 'v1', person: 'p1', role: 'peer', types: true, driver: false }] });
    expect(terminal.facts.get()).toMatchObject({ mode: 'peer', types: true });
    expect([terminal.input('x'), made.controls.at(-1)]).toEqual([true, { op: 'resize', cols: 100, rows: 30 }]);
  });

  it('sends its size again after a reconnect, and the same size once', async () => {
    const first = await live();
    terminal.resize(100, 30);
    terminal.resize(100, 30);
    first.cut();
    const second = await again();
    second.hello();
    await settle();
    const sizes = (s: FakeSocket): object[] => s.controls.filter(c => c.op === 'resize');
    expect([sizes(first).length, sizes(second)]).toEqual([1, [{ op: 'resize', cols: 100, rows: 30 }]]);
  });

  it.each([[4503, 'ended'], [4500, 'ended'], [4599, 'ended'], [4008, 'reconnecting'], [4099, 'reconnecting'], [1006, 'reconnecting']])('close %i: %s, by its range', async (code, state) => {
    const made = await live();
    made.says({ op: 'error', code: 'SESSION.SPEC', message: 'Because.', retryable: false });
    made.cut(code);
    expect(terminal.status.get()).toMatchObject({ state, reason: { code: 'SESSION.SPEC', message: 'Because.' } });
  });

  it('tries a fresh token once when one ran out', async () => {
    const made = await live();
    for (const [socket, state] of [[made, 'reconnecting'], [undefined, 'ended']] as const) {
      const one = socket ?? await again();
      one.says({ op: 'error', code: 'AUTH_EXPIRED', message: 'Over.', retryable: false });
      one.cut(4501);
      expect(terminal.status.get().state).toBe(state);
    }
  });

  it('ends when no token can be had for good, and tries again otherwise', async () => {
    let fails = 0;
    terminal = openTerminal({ url: 'http://localhost:1', session: 's1', screen, WebSocket: FakeSocket, token: () => Promise.reject(fails++ === 0 ? new Error('offline') : failure('AUTH_REQUIRED', 'Logged out.', false)) });
    await settle();
    expect(terminal.status.get().state).toBe('reconnecting');
    await settle(20_000);
    expect(terminal.status.get()).toMatchObject({ state: 'ended', reason: { code: 'AUTH_REQUIRED' } });
  });

  it('waits less with every wish, and spreads attempts over the whole wait', async () => {
    const made = await live();
    made.cut();
    const { retry_at = 0 } = terminal.status.get();
    expect(retry_at - Date.now()).toBe(125);
    terminal.reconnectNow();
    await settle();
    expect(FakeSocket.all.length).toBe(2);
  });

  it('notices that nobody answers, and measures those who do', async () => {
    const made = await live();
    await settle(20);
    made.says({ op: 'pong' });
    expect(terminal.latency.get()).toBeGreaterThanOrEqual(20);
    await settle(15_000 + 10_000);
    expect(terminal.status.get()).toMatchObject({ state: 'reconnecting', reason: { message: 'The gateway does not answer.' } });
  });

  it('shows what came after the exit, then says how it ended', async () => {
    const made = await live();
    made.says({ op: 'exit', code: 3, signal: null, reason: 'exit', message: '' });
    expect(terminal.input('x')).toBe(false);
    made.output(0, 'bye');
    await settle(300);
    expect(screen.shown).toBe('bye');
    expect(terminal.status.get()).toMatchObject({ state: 'ended', exit: { code: 3, reason: 'exit' } });
    await settle(60_000);
    expect(FakeSocket.all.length).toBe(1);
  });

  it('says that the host is gone while the session waits for it', async () => {
    const made = await live({ state: 'opening' });
    expect(terminal.status.get()).toMatchObject({ state: 'live', opening: true });
    made.says({ op: 'state', state: 'interrupted', message: 'The host is not reached.' });
    expect([terminal.status.get().state, terminal.status.get().reason?.message, terminal.input('x')]).toEqual(['interrupted', 'The host is not reached.', false]);
    made.says({ op: 'state', state: 'open', message: '' });
    expect(terminal.input('x')).toBe(true);
  });

  it('begins anew when the session counts from the beginning', async () => {
    const first = await live();
    first.output(0, 'old shell');
    first.cut();
    const second = await again();
    second.hello({ offset: 2 });
    await settle();
    expect(socket().url).toBe('ws://localhost:1/ws/terminal/s1');
    socket().hello({ offset: 2 });
    socket().output(0, 'ok');
    expect([screen.shown, terminal.status.get().state]).toEqual(['ok', 'live']);
  });

  it('tells what pauses, warns and who looks', async () => {
    const made = await live();
    made.says({ op: 'paused', reason: 'no-moderator' });
    made.says({ op: 'warning', reason: 'idle', ends_at: '2026-11-21T20:00:00.000Z' });
    made.says({ op: 'viewers', viewers: [{ viewer: 'v1', person: 'p1', role: 'owner', types: true, driver: true }, { viewer: 'v2', person: 'p2', role: 'observer', types: false, driver: false }] });
    expect(terminal.facts.get()).toMatchObject({ paused: 'no-moderator', warning: { reason: 'idle' }, watching: 2 });
    made.says({ op: 'resumed' });
    expect(terminal.facts.get()?.paused).toBeUndefined();
  });

  it('does not survive nonsense, and refuses a session that is no name', async () => {
    const made = await live();
    made.frame(new Uint8Array([9, 9]));
    expect(terminal.status.get().state).toBe('reconnecting');
    expect(() => openTerminal({ url: 'http://localhost:1', session: '../x', token: 't', screen, WebSocket: FakeSocket })).toThrow(TypeError);
    expect(parseTtyFrame(new Uint8Array([9]))).toBeUndefined();
  });
});
