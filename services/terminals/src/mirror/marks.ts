/** Marks of the shell: OSC 133 (FinalTerm) and OSC 633 (VS Code). What they say is the shell's word, no proof. */
import type { IMarker } from '@xterm/headless';
import type { ShellMark } from './mirror.js';
import type { Xterm } from './xterm-internals.js';

const LONGEST_COMMAND = 4_096;

export class Marks {
  private input: { readonly marker: IMarker; readonly column: number } | undefined;
  private told: string | undefined;

  constructor(private readonly terminal: Xterm, private readonly say: (mark: ShellMark) => void) {}

  /** `A`, `B`, `C`, `D;0`, `E;ls\x20-l;nonce`. @param offset behind the mark */
  take(id: 133 | 633, text: string, offset: number): void {
    const [kind, ...fields] = text.split(';');
    if (kind === 'A') this.say({ kind: 'prompt', offset, confidence: 'marked' });
    else if (kind === 'B') this.begin(offset);
    else if (kind === 'E' && id === 633) this.told = unescape(fields[0] ?? '');
    else if (kind === 'C') this.say({ kind: 'output', offset, ...this.command() });
    else if (kind === 'D') this.say({ kind: 'end', offset, ...(/^-?\d{1,9}$/.test(fields[0] ?? '') ? { exitCode: Number(fields[0]) } : {}), confidence: 'marked' });
  }

  private begin(offset: number): void {
    this.input?.marker.dispose();
    const marker = this.terminal.buffer.active.type === 'normal' ? this.terminal.registerMarker(0) : undefined;
    this.input = marker === undefined ? undefined : { marker, column: this.terminal.buffer.active.cursorX };
    this.told = undefined;
    this.say({ kind: 'command', offset, confidence: 'marked' });
  }

  private command(): { readonly text?: string; readonly confidence: ShellMark['confidence'] } {
    const { told, input } = this;
    this.told = undefined;
    this.input = undefined;
    const read = input === undefined || input.marker.isDisposed ? undefined : this.read(input.marker.line, input.column);
    input?.marker.dispose();
    if (told !== undefined) return { text: told.slice(0, LONGEST_COMMAND), confidence: 'marked' };
    return read === undefined || read === '' ? { confidence: 'guessed' } : { text: read, confidence: 'guessed' };
  }

  /** From there to the cursor; a line that was only wrapped is one. */
  private read(from: number, column: number): string | undefined {
    const { active } = this.terminal.buffer;
    const to = active.baseY + active.cursorY;
    if (active.type !== 'normal' || to < from) return undefined;
    let text = '';
    for (let y = from; y <= to && text.length < LONGEST_COMMAND; y += 1) {
      const line = active.getLine(y);
      if (line === undefined) break;
      if (y > from && !line.isWrapped) text = `${text.trimEnd()}\n`;
      const wraps = active.getLine(y + 1)?.isWrapped === true && y < to;
      text += line.translateToString(!wraps, y === from ? column : 0, y === to ? active.cursorX : undefined);
    }
    return text.trim().slice(0, LONGEST_COMMAND);
  }
}

/** `\xHH` and `\\`. */
const unescape = (text: string): string => text.replaceAll(/\\(?:x([\da-f]{2})|(\\))/gi, (_, hex?: string) => (hex === undefined ? '\\' : String.fromCharCode(parseInt(hex, 16))));
