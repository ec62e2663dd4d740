/** One terminal of the host, as it is: what a worker keeps of a session. */
import { isTerminalLink, LONGEST_TITLE } from '@xanthus/proto/terminals/queries';
import { answerControls, answerString } from './answers.js';
import { Marks } from './marks.js';
import { mend } from './mend.js';
import type { ShellMark, Snapshot } from './mirror.js';
import { Palette } from './palette.js';
import { Scanner, type StringKind } from './scanner.js';
import { sequencesOf } from './snapshot.js';
import { GROUND, insides, openTerminal, parse, resize, transitions, type Xterm } from './xterm-internals.js';

export interface ScreenOutlets { reply(text: string): void; title(title: string): void; mark(mark: ShellMark): void }

const encoder = new TextEncoder();
/** Does nothing but that accents stand on nothing. */
const NOTHING = encoder.encode('\x1b\\');

export class Screen {
  readonly terminal: Xterm;
  /** Of the next byte. */
  offset: number;
  /** Errors that xterm.js threw: what it was parsing is lost. */
  faults = 0;
  private readonly palette = new Palette();
  private readonly scanner: Scanner;
  private readonly marks: Marks;
  /** Up to there everything has been said by an earlier screen of this session. */
  private silentUntil: number;

  constructor(o: { cols: number; rows: number; scrollback: number; offset?: number; silentUntil?: number }, private readonly outlets: ScreenOutlets) {
    this.offset = o.offset ?? 0;
    this.silentUntil = o.silentUntil ?? 0;
    this.terminal = openTerminal(o);
    const reply = (text: string): void => { if (!this.silent()) outlets.reply(text); };
    this.terminal.onData(reply);
    answerControls(this.terminal, reply);
    this.terminal.onTitleChange((title) => { if (!this.silent()) outlets.title(title); });
    this.marks = new Marks(this.terminal, (mark) => { if (!this.silent()) outlets.mark(mark); });
    this.scanner = new Scanner(transitions(this.terminal), { plain: bytes => this.parse(bytes), string: (...s) => this.string(...s) });
  }

  write(bytes: Uint8Array): void {
    // A boundary between what is known and what is new has to be one of writes too.
    const known = Math.min(bytes.length, Math.max(0, this.silentUntil - this.offset));
    for (const part of known > 0 && known < bytes.length ? [bytes.subarray(0, known), bytes.subarray(known)] : [bytes]) {
      const at = this.offset;
      this.offset += part.length;
      this.scanner.write(part, at);
    }
  }

  /** A word of ours on an empty screen, which is no output. */
  greet(line: string): void {
    this.parse(encoder.encode(`\x1b[2m${line}\x1b[m\r\n`));
  }

  resize(cols: number, rows: number): void {
    resize(this.terminal, cols, rows);
  }

  get title(): string {
    return insides(this.terminal)._inputHandler._windowTitle;
  }

  /** Bytes since the last rest of the parser. */
  get tail(): Uint8Array {
    return this.scanner.tail;
  }

  snapshot(scrollback = Number.POSITIVE_INFINITY): Snapshot {
    mend(this.terminal);
    const head = encoder.encode(sequencesOf(this.terminal, scrollback, this.palette.sequences()));
    const bytes = new Uint8Array(head.length + this.tail.length);
    bytes.set(head);
    bytes.set(this.tail, head.length);
    return { offset: this.offset, cols: this.terminal.cols, rows: this.terminal.rows, title: this.title, bytes };
  }

  close(): void {
    this.terminal.dispose();
  }

  private silent(): boolean {
    return this.offset <= this.silentUntil;
  }

  private parse(bytes: Uint8Array): void {
    try {
      parse(this.terminal, bytes);
    } catch {
      this.faults += 1;
      insides(this.terminal)._inputHandler._parser.reset();
    }
    const parser = insides(this.terminal)._inputHandler._parser;
    if (parser.currentState !== GROUND) parser.reset(); // only what was cut by a fault
  }

  private string(kind: StringKind, text: string, whole: boolean, resets: boolean, end: number): void {
    if (kind === 'osc') this.osc(text, whole, end);
    else if (kind === 'dcs' && whole) {
      const answer = answerString(this.terminal, text);
      if (answer !== undefined && !this.silent()) this.outlets.reply(answer);
    }
    if (resets) this.parse(NOTHING);
  }

  private osc(text: string, whole: boolean, end: number): void {
    const [, id = '', rest = ''] = /^(\d{1,4})(?:;(.*))?$/su.exec(text) ?? [];
    const number = id === '' ? -1 : Number(id);
    if (number >= 0 && number <= 2) this.parse(encoder.encode(`\x1b]${number};${Array.from(rest.slice(0, 2 * LONGEST_TITLE)).slice(0, LONGEST_TITLE).join('')}\x07`));
    else if (!whole) return;
    else if (number === 8) this.link(rest);
    else if (number === 133 || number === 633) this.marks.take(number, rest, end);
    else {
      const answer = this.palette.take(number, rest);
      if (answer !== undefined && answer !== '' && !this.silent()) this.outlets.reply(answer);
    }
  }

  /** `id=1;https://…` opens, `;` closes. What leads to nowhere that a person may be sent is text. */
  private link(text: string): void {
    const at = text.indexOf(';');
    const uri = text.slice(at + 1);
    const allowed = at !== -1 && uri !== '' && isTerminalLink(uri);
    this.parse(encoder.encode(`\x1b]8;${allowed ? text.slice(0, at).replaceAll(/[^\w=:.+-]/g, '').slice(0, 128) : ''};${allowed ? uri : ''}\x07`));
  }
}
