/**
 * Cuts what a shell writes where strings (OSC, DCS, APC, PM, SOS) begin and end: they never reach the emulator as they are, for it would keep megabytes of them, and marks
 * stand at their offset. Everything else goes on unchanged, but whole: characters and sequences that are cut wait here until the rest comes. It walks by xterm's own table.
 */
import { wholeCharacters } from '@xanthus/proto/terminals/queries';
import { GROUND, nextState } from './xterm-internals.js';

/** States of the table (`ParserState` of xterm.js). */
const CSI_IGNORE = 6;
const SOS_PM_APC = 7;
const OSC = 8;
const DCS_ENTRY = 9;
const DCS_PASSTHROUGH = 13;
/** Bytes of a string that are looked at; what is more is swallowed. */
export const LONGEST_STRING = 8 * 1024;
/** Bytes of a control sequence that is cut; longer ones are dropped. */
const LONGEST_SEQUENCE = 4 * 1024;

export interface Sink {
  /** Text and control sequences, at rest before and behind. Valid only while it is called. */
  plain(bytes: Uint8Array): void;
  /**
   * A string is over. `text` stands between introducer and terminator, cut at LONGEST_STRING (`whole` false), empty if it was given up; `resets`: accents that follow stand
   * on nothing; `end`: offset behind its terminator.
   */
  string(kind: StringKind, text: string, whole: boolean, resets: boolean, end: number): void;
}
export type StringKind = 'osc' | 'dcs' | 'other';
const kindOf = (state: number): StringKind | undefined => (state === OSC ? 'osc' : state >= DCS_ENTRY ? 'dcs' : state === SOS_PM_APC ? 'other' : undefined);

const decoder = new TextDecoder();

export class Scanner {
  /** GROUND, or of the string that is open. */
  private state = GROUND;
  private held: Uint8Array = new Uint8Array(0);
  /** Of them, bytes of the introducer. */
  private introducer = 0;
  /** Of them, bytes at their end that begin a character. */
  private cut = 0;
  private whole = true;

  constructor(private readonly table: Uint8Array | Uint16Array, private readonly sink: Sink) {}

  /** What came since the last rest; a snapshot carries it along. */
  get tail(): Uint8Array {
    return this.held;
  }

  /** @param at offset of the first of these bytes */
  write(input: Uint8Array, at: number): void {
    const back = this.state === GROUND ? this.held.length : this.cut;
    const bytes = back === 0 ? input : join(this.held.subarray(this.held.length - back), input);
    const offset = at - back;
    this.held = this.held.subarray(0, this.held.length - back);
    this.cut = 0;
    const special = specials(bytes);
    let rest = 0; // where that begins which the emulator has not got
    for (let i = 0; i < bytes.length;) {
      if (this.state !== GROUND) {
        i = this.inString(bytes, i, offset);
        rest = i;
        continue;
      }
      const start = special(i);
      if (start === bytes.length) break;
      i = this.sequence(bytes, start);
      if (i === -1) {
        this.flush(bytes, rest, start);
        return this.hold(bytes.slice(start));
      }
      if (this.state !== GROUND) {
        this.flush(bytes, rest, start);
        this.held = bytes.slice(i - 2, i); // both ways to introduce one have two bytes
        const executed = bytes.slice(start, i - 2).filter(byte => byte < 0x20 && byte !== 0x1b); // in a sequence that it cut short
        if (executed.length > 0) this.sink.plain(executed);
        this.introducer = this.held.length;
        this.whole = true;
        rest = i;
      }
    }
    if (this.state !== GROUND) return;
    const whole = rest + wholeCharacters(bytes.subarray(rest));
    this.flush(bytes, rest, whole);
    this.held = bytes.slice(whole);
  }

  private flush(bytes: Uint8Array, from: number, to: number): void {
    if (to > from) this.sink.plain(bytes.subarray(from, to));
  }

  private hold(bytes: Uint8Array): void {
    this.held = bytes;
    if (bytes.length <= LONGEST_SEQUENCE) return;
    this.held = new TextEncoder().encode('\x1b[?1?'); // to be ignored until its last byte
    this.introducer = this.held.length;
    this.state = CSI_IGNORE;
  }

  /** From rest to rest, or into a string. Returns the index behind it, -1: it is cut. */
  private sequence(bytes: Uint8Array, start: number): number {
    let state = GROUND;
    for (let i = start; i < bytes.length;) {
      const length = characterAt(bytes, i);
      if (length === 0) return -1;
      if (length > 0) state = nextState(this.table, state, classOf(bytes, i));
      i += Math.abs(length);
      if (state === GROUND) return i;
      if (kindOf(state) !== undefined) {
        this.state = state;
        return i;
      }
    }
    return -1;
  }

  /** Goes on in the string. Returns the index from where on it is none. */
  private inString(bytes: Uint8Array, start: number, offset: number): number {
    let i = start;
    while (i < bytes.length) {
      const length = characterAt(bytes, i);
      if (length === 0) break;
      if (length > 0) {
        const code = classOf(bytes, i);
        const next = code === 0x1b ? GROUND : nextState(this.table, this.state, code);
        const stays = this.state === CSI_IGNORE ? next === CSI_IGNORE : kindOf(next) !== undefined && kindOf(next) === kindOf(this.state) && (code < 0x80 || code >= 0xa0);
        if (!stays) {
          this.take(bytes.subarray(start, i));
          return this.end(code, i, length, offset);
        }
        this.state = next;
      }
      i += Math.abs(length);
    }
    this.take(bytes.subarray(start));
    this.cut = bytes.length - i;
    return bytes.length;
  }

  private take(bytes: Uint8Array): void {
    const room = this.state === CSI_IGNORE ? 0 : LONGEST_STRING + this.introducer - this.held.length;
    if (bytes.length > room) this.whole = false;
    if (room > 0 && bytes.length > 0) this.held = join(this.held, bytes.subarray(0, room));
  }

  private end(code: number, i: number, length: number, offset: number): number {
    const { state } = this;
    const terminates = code === 0x9c || code === 0x18 || code === 0x1a || (code === 0x07 && state === OSC);
    const complete = code === 0x1b || code === 0x9c || (code === 0x07 && state === OSC);
    const consumed = terminates || code === 0xa0 || state === CSI_IGNORE ? length : 0;
    const text = complete && state !== CSI_IGNORE ? decoder.decode(this.held.subarray(this.introducer)).replaceAll(/\p{Cc}/gu, c => (c === '\x7f' ? c : '')) : '';
    this.state = GROUND;
    this.held = new Uint8Array(0);
    this.sink.string(kindOf(state) ?? 'other', text, this.whole, state === OSC || state === DCS_PASSTHROUGH || code === 0x18 || code === 0x1a || (state === CSI_IGNORE && code < 0xa0), offset + i + (code === 0x1b ? 2 : consumed));
    return code === 0x1b && state === CSI_IGNORE ? i : i + consumed;
  }
}

const join = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

/** Where the next ESC or C1 control is, which UTF-8 writes as C2 80 … C2 9F. Asked with rising positions. */
function specials(bytes: Uint8Array): (from: number) => number {
  let control = -1;
  return (from) => {
    if (control < from) control = nextControl(bytes, from);
    const escape = bytes.indexOf(0x1b, from);
    return Math.min(control, escape === -1 ? bytes.length : escape);
  };
}

function nextControl(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xc2, from); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0xc2, at + 1)) if ((bytes[at + 1]! & 0xe0) === 0x80) return at;
  return bytes.length;
}

/** Bytes of the character there; 0: it is cut; negative: bytes that are none, and that xterm.js skips. */
function characterAt(bytes: Uint8Array, i: number): number {
  const lead = bytes[i]!;
  if (lead < 0x80) return 1;
  const length = (lead & 0xe0) === 0xc0 ? 2 : (lead & 0xf0) === 0xe0 ? 3 : (lead & 0xf8) === 0xf0 ? 4 : 0;
  if (length === 0) return -1;
  for (let k = 1; k < length; k += 1) {
    if (i + k >= bytes.length) return 0;
    if ((bytes[i + k]! & 0xc0) !== 0x80) return -k;
  }
  const code = codeAt(bytes, i, length);
  if (length === 2) return code < 0x80 ? -1 : 2;
  if (length === 3) return code < 0x800 || (code >= 0xd800 && code <= 0xdfff) || code === 0xfeff ? -3 : 3;
  return code < 0x1_0000 || code > 0x10_ffff ? -4 : 4;
}

const codeAt = (bytes: Uint8Array, i: number, length: number): number => {
  let code = bytes[i]! & (0xff >> (length + 1));
  for (let k = 1; k < length; k += 1) code = code << 6 | (bytes[i + k]! & 0x3f);
  return code;
};
/** As the table wants it: what is no control character counts as 0xa0. */
const classOf = (bytes: Uint8Array, i: number): number => (bytes[i]! < 0x80 ? bytes[i]! : bytes[i] === 0xc2 && bytes[i + 1]! < 0xa0 ? bytes[i + 1]! : 0xa0);
