/** The bytes of one session: what its shell writes, who sees it, who types. It does not know how the shell is reached. */
import { TTY_KIND, ttyBytes, ttyControl, ttySubject, type TtyHello } from '@xanthus/proto';
import type { Logger } from '@xanthus/nest';
import type { SshShell } from '@xanthus/ssh';
import type { Mirror, Mirrors } from '../mirror/mirror.js';
import type { Recorder } from '../recording/recorder.js';
import type { StateOfSession } from '../session/session.js';
import { commandTimes } from './command-times.js';
import type { SessionNotes } from './host.js';
import { createPump, type Pump } from './pump.js';
import { createRing } from './ring.js';
import { sizer, type Size, type Sizer } from './size.js';
import { Viewers } from './viewers.js';
import type { Wire } from './wire.js';

export interface TerminalPorts {
  readonly wire: Wire;
  readonly mirrors: Mirrors;
  readonly notes: Pick<SessionNotes, 'resized' | 'commandRan'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Bytes that wait in all mirrors. */
  readonly behind: () => number;
  readonly now: () => number;
}
export type TerminalState = 'opening' | 'open' | 'interrupted' | 'ended';

/** Raw output that is kept, and what is kept for viewers who are granted more at once than fits there. Bytes. */
const KEPT = 1024 * 1024;
const KEPT_FOR_FAST = 4 * KEPT;
const FAST = 768 * 1024;
/** A viewer for whom so much more waits than it can take gets the screen instead. Bytes. */
const BEHIND = 256 * 1024;
const BATCH = 64 * 1024;
const MIRROR = { most: 32 * 1024 * 1024, all: 128 * 1024 * 1024, goOn: 16 * 1024 * 1024 } as const;
const RECORDER_MOST = 8 * 1024 * 1024;
const RECORDER_LOOK = 50;
/** Typed before there is a shell, and what a program that reads nothing holds up. Bytes. */
const AHEAD = 64 * 1024;
const UNREAD = 4 * 1024 * 1024;
/** Nothing is answered behind so much that the program does not read: less than what may be typed, more than most that is pasted. Bytes. */
const UNREAD_ANSWERS = 1024 * 1024;
const TITLE_PAUSE = 250;
const CATCH_UP_LINES = 200;
const INTERRUPTS: readonly number[] = [0x03, 0x1c, 0x1a];
/** Raw output may be replayed as it is while it is short and no size has changed. */
const SHORT = 32 * 1024;
/** NATS adds its own lines. */
const MARGIN = 1_024;

export class Terminal {
  readonly viewers = new Viewers();
  state: TerminalState = 'opening';
  title: string;
  paused = false;
  /** ms since 1970; 0: nobody has. */
  lastTyped = 0;
  private shell: SshShell | undefined;
  private pump: Pump | undefined;
  private recorder: Recorder | undefined;
  private mirror: Mirror | undefined;
  private batch: Buffer[] = [];
  private batched = 0;
  private turn = false;
  private ahead: Buffer[] = [];
  private holding = false;
  private resizedOnce = false;
  private titleTimer: NodeJS.Timeout | undefined;
  private readonly ring;
  private readonly out: string;
  private readonly size: Sizer;
  private readonly commands;
  private readonly forget: () => void;

  constructor(private readonly ports: TerminalPorts, private readonly about: StateOfSession, private readonly base: number) {
    this.title = about.title;
    this.ring = createRing(KEPT, base);
    this.out = ttySubject(about.tenant, about.id, 'out');
    this.size = sizer({ cols: about.cols, rows: about.rows }, size => this.resized(size));
    this.commands = commandTimes(ports.now, (command, text) => {
      ports.notes.commandRan(command);
      this.recorder?.command({ ...command, text });
    });
    this.forget = ports.wire.onFree(() => this.pump?.check());
  }

  get offset(): number { return this.ring.end; }
  get cols(): number { return this.size.now.cols; }
  get rows(): number { return this.size.now.rows; }
  get pending(): number { return this.mirror?.pending ?? 0; }

  hello(viewer: { readonly role: string; readonly types: boolean }): TtyHello & Record<string, unknown> {
    return {
      session: this.about.id, offset: this.offset, cols: this.cols, rows: this.rows, mode: viewer.role, types: viewer.types, viewers: this.viewers.count,
      recording: this.recorder !== undefined || (this.state === 'opening' && this.about.recording !== 'off'), state: this.state, title: this.title, paused: this.paused,
    };
  }

  /** A shell that runs; a second one takes the place of the first. */
  plug(shell: SshShell): void {
    this.shell = shell;
    this.pump = createPump(shell, { window: () => this.viewers.window, held: () => this.held() });
    const ahead = this.ahead.splice(0);
    if (this.paused) return;
    for (const bytes of ahead) {
      this.recorder?.input(bytes);
      shell.write(bytes);
    }
  }
  unplug(): void {
    this.flush();
    this.pump?.stop();
    this.pump = undefined;
    this.shell = undefined;
  }
  record(recorder: Recorder): void {
    this.recorder = recorder;
  }
  /** @returns the recorder of until now */
  unrecord(): Recorder | undefined {
    const { recorder } = this;
    this.recorder = undefined;
    return recorder;
  }

  say(control: object): void {
    this.ports.wire.publish(this.out, ttyControl(control));
  }
  sayViewers(): void {
    this.say({ op: 'viewers', viewers: this.viewers.shown });
  }

  /** From the shell. The first of a turn goes out at once, the rest of the turn together: an idle stream has no timer. */
  read(chunk: Buffer): void {
    if (this.turn) {
      this.batch.push(chunk);
      this.batched += chunk.length;
      if (this.batched >= BATCH) this.flush();
    } else {
      this.turn = true;
      setImmediate(() => {
        this.turn = false;
        this.flush();
      });
      this.emit(chunk);
    }
    this.pump?.took(chunk.length, this.offset + this.batched);
  }
  flush(): void {
    const [only] = this.batch;
    if (only === undefined) return;
    const bytes = this.batch.length === 1 ? only : Buffer.concat(this.batch);
    this.batch = [];
    this.batched = 0;
    this.emit(bytes);
  }

  /** What somebody typed. */
  type(bytes: Uint8Array): void {
    this.lastTyped = this.ports.now();
    if (this.state === 'ended' || this.state === 'interrupted') return;
    if (this.shell === undefined) {
      if (this.ahead.reduce((sum, b) => sum + b.length, bytes.length) <= AHEAD) this.ahead.push(Buffer.from(bytes));
      return;
    }
    if (this.shell.pending + bytes.length > UNREAD) return this.say({ op: 'error', code: 'SESSION.INPUT_FULL', message: 'The program reads nothing: what was typed just now is lost.' });
    this.recorder?.input(bytes);
    this.shell.write(bytes);
    if (bytes.some(byte => INTERRUPTS.includes(byte))) this.pump?.hurry();
  }
  signal(name: string): void {
    // By the terminal where it can: that reaches what runs in front, and sshd takes no signals for root.
    const byte = ({ INT: 0x03, QUIT: 0x1c, TSTP: 0x1a } as Record<string, number>)[name];
    if (byte !== undefined) this.type(Uint8Array.of(byte));
    else this.shell?.signal(name);
  }
  want(size: Size): void {
    this.size.want(size);
  }
  /** Credit has changed. */
  credit(): void {
    this.ring.limit(this.viewers.window - this.offset > FAST ? KEPT_FOR_FAST : KEPT);
    this.pump?.check();
  }

  /** One frame that goes on behind `from`, or undefined where there is nothing yet. */
  async replay(from: number | undefined, most: number, upTo: number): Promise<Uint8Array | undefined> {
    const head = this.offset;
    if (from === undefined) {
      if (head === this.base) return undefined;
      if (this.ring.start === this.base && head - this.base <= Math.min(SHORT, most) && !this.resizedOnce && this.base === 0) return this.outputFrom(0, most);
      return this.snapshot(undefined);
    }
    if (from === head) return undefined;
    if (from > head || from < this.ring.start) return this.snapshot(undefined);
    return head - upTo > BEHIND ? this.snapshot(CATCH_UP_LINES) : this.outputFrom(from, most);
  }
  async screen(): Promise<{ readonly offset: number; readonly bytes: Uint8Array } | undefined> {
    const shot = await this.mirror?.snapshot();
    return shot && { offset: shot.offset, bytes: shot.bytes };
  }

  close(): void {
    this.flush();
    this.pump?.stop();
    this.forget();
    this.size.stop();
    clearTimeout(this.titleTimer);
    this.mirror?.close();
  }

  private outputFrom(from: number, most: number): Uint8Array | undefined {
    const bytes = this.ring.read(from, most);
    return bytes && ttyBytes(TTY_KIND.OUTPUT, from, bytes);
  }
  private async snapshot(lines: number | undefined): Promise<Uint8Array | undefined> {
    if (this.mirror === undefined) return this.outputFrom(this.ring.start, SHORT);
    const room = (this.ports.wire.nc.info?.max_payload ?? KEPT) - MARGIN;
    for (let scrollback = lines; ; scrollback = scrollback === undefined ? 4_096 : Math.floor(scrollback / 2)) {
      const { offset, bytes } = await this.mirror.snapshot(scrollback === undefined ? {} : { scrollback });
      if (bytes.length <= room || scrollback === 0) return ttyBytes(TTY_KIND.SNAPSHOT, offset, bytes.subarray(0, room));
    }
  }

  private emit(bytes: Buffer): void {
    const offset = this.offset;
    this.mirror ??= this.openMirror(offset);
    this.ring.append(bytes);
    this.mirror.write(bytes);
    this.recorder?.output(bytes);
    this.ports.wire.publish(this.out, ttyBytes(TTY_KIND.OUTPUT, offset, bytes));
  }
  private openMirror(offset: number): Mirror {
    return this.ports.mirrors.open({
      cols: this.cols, rows: this.rows, offset,
      onReply: bytes => this.answer(bytes),
      onTitle: title => this.titled(title),
      onMark: mark => this.commands(mark),
      onLost: why => this.ports.log.warn({ session: this.about.id, why }, 'the screen of a session was made anew'),
      recent: () => {
        const bytes = this.ring.read(this.ring.start, KEPT_FOR_FAST);
        return bytes && { offset: this.ring.start, bytes };
      },
    });
  }
  /** Of the screen to a program's question. A flood of questions must not fill memory with answers. */
  private answer(bytes: Uint8Array): void {
    if (this.shell !== undefined && this.shell.pending + bytes.length <= UNREAD_ANSWERS) this.shell.write(bytes);
  }
  private titled(title: string): void {
    this.title = title;
    this.titleTimer ??= setTimeout(() => {
      this.titleTimer = undefined;
      this.say({ op: 'title', title: this.title });
    }, TITLE_PAUSE).unref();
  }
  private resized({ cols, rows }: Size): void {
    this.resizedOnce = true;
    this.flush();
    this.shell?.resize(cols, rows);
    this.mirror?.resize(cols, rows);
    this.recorder?.resize(cols, rows);
    this.say({ op: 'resize', cols, rows });
    this.ports.notes.resized(cols, rows);
  }

  private held(): boolean {
    const { mirror, recorder } = this;
    if (this.ports.wire.full) return true;
    if (mirror !== undefined && (mirror.pending > MIRROR.most || (mirror.pending > 0 && this.ports.behind() > MIRROR.all))) return this.holdFor(mirror.whenBelow(Math.min(MIRROR.goOn, mirror.pending / 2)));
    if (recorder !== undefined && recorder.pending > RECORDER_MOST) return this.holdFor(new Promise((resolve) => { setTimeout(resolve, RECORDER_LOOK).unref(); }));
    return false;
  }
  private holdFor(until: Promise<void>): true {
    if (this.holding) return true;
    this.holding = true;
    const go = (): void => {
      this.holding = false;
      this.pump?.check();
    };
    until.then(go, go);
    return true;
  }
}
