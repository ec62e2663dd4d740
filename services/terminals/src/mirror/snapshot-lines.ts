/** The cells of a snapshot: lines one below the other, those above the screen too, with their wraps. */
import { COLOUR, osc8, PLAIN, sameStyle, toStyle, type Style } from './attributes.js';
import { EMPTY, isStained, styleAt, textAt, widthOf, wrapsByItself } from './mend.js';
import type { Insides, Line, Screenful } from './xterm-internals.js';

const CSI = '\x1b[';
const SPACE_OF_TWO = '\u3000';

export class LineWriter {
  /** The saved cursor was taken to make a pen. */
  disturbed = false;
  private style: Style | undefined;
  private open: Style['link'];

  constructor(private readonly core: Insides, private readonly put: (text: string) => void) {}

  /** The link that the pen has. */
  get link(): Style['link'] {
    return this.open;
  }
  /** Somebody else changed the pen. */
  lost(link: Style['link']): void {
    this.style = undefined;
    this.open = link;
  }
  /** The sequence to a pen that colours nothing. */
  plain(): string {
    const text = `${CSI}m${this.open === undefined ? '' : osc8(undefined)}`;
    this.lost(undefined);
    this.style = PLAIN;
    return text;
  }
  styleAt(line: Line, x: number): Style {
    return styleAt(this.core, line, x);
  }

  /** All lines of this screen from `start` on; the cursor is in the upper left corner of an empty one. */
  screen(screen: Screenful, start: number, scrollback: boolean): void {
    const { rows, cols } = this.core;
    const count = Math.min(screen.lines.length, screen.ybase + rows) - start;
    if (screen.lines.get(start)!.isWrapped) this.put(this.plain() + this.wrappedTop(scrollback));
    let full = false;
    for (let k = 0; k < count; k += 1) {
      const line = screen.lines.get(start + k)!;
      const row = Math.min(k, rows - 1);
      let over = false;
      if (k > 0) {
        const before = screen.lines.get(start + k - 1)!;
        if (!line.isWrapped) this.put(`${this.style !== undefined && (this.style.bg & COLOUR) === 0 ? '' : this.plain()}\r\n`);
        else if (!full || !wrapsByItself(this.core, before, line)) {
          this.wrap(before, k, row);
          over = false;
        }
      }
      this.line(line, row, 0, cols, over);
      full = line._data[(cols - 1) * 3] !== EMPTY;
    }
  }

  /** A wrap into the first line, whose beginning is no longer there. */
  private wrappedTop(scrollback: boolean): string {
    const { cols, rows } = this.core;
    return `${'x'.repeat(cols + 1)}${rows > 1 ? `${CSI}${rows};1H\n` : ''}${scrollback ? `${CSI}3J` : ''}${CSI}H${CSI}X`;
  }

  /** Wraps from the line before into the next by force, then makes that line's end good. */
  private wrap(before: Line, k: number, row: number): void {
    const { cols, rows } = this.core;
    const from = Math.min(k - 1, rows - 1);
    this.put(`${this.plain()}${CSI}${from + 1};${cols}Hxx`);
    const now = k < rows ? from : from - 1;
    const end = before._data[(cols - 1) * 3] === 0 ? cols - 2 : cols - 1;
    this.put(`${CSI}${now + 1};${end + 1}H`);
    this.line(before, now, end, cols, true);
    this.put(`${this.plain()}${CSI}${row + 1};1H${CSI}X`);
  }

  private pen(style: Style): void {
    if (this.style !== undefined && sameStyle(this.style, style)) return;
    const { text, disturbs } = toStyle(style, this.open);
    this.put(text);
    this.style = style;
    this.open = style.link;
    if (disturbs) this.disturbed = true;
  }

  /** Cells `[from, to)`; the cursor is at `from`. @param over something else stands there */
  private line(line: Line, row: number, from: number, to: number, overwrite: boolean): void {
    let over = overwrite;
    let end = to;
    let x = from;
    if (to === this.core.cols && isStained(line, to - 1)) {
      while (end > 0 && isStained(line, end - 1)) end -= 1;
      x = Math.min(from, this.stainedEnd(line, row, end));
      this.put(`${CSI}${row + 1};${x + 1}H`);
      over = true;
    }
    if (!over) end = this.lengthOf(line, end);
    while (x < end) {
      const content = line._data[x * 3]!;
      if (content !== EMPTY) {
        this.pen(this.styleAt(line, x));
        let text = '';
        if (widthOf(content) === 0) this.put('\x1b\\'); // else it would stand on the one before
        do {
          text += textAt(line, x);
          x += widthOf(line._data[x * 3]!) || 1;
        } while (x < end && line._data[x * 3] !== EMPTY && widthOf(line._data[x * 3]!) > 0 && widthOf(content) > 0 && this.sameCells(line, x));
        this.put(text);
      } else if (isStained(line, x)) {
        this.stain(this.styleAt(line, x), row, x);
        over = true;
        x += 1;
        end = Math.max(end, x + 1); // what is right of it has to be made good
      } else {
        const colour = line._data[x * 3 + 2]!;
        let next = x + 1;
        while (next < end && line._data[next * 3] === EMPTY && line._data[next * 3 + 1] === 0 && line._data[next * 3 + 2] === colour) next += 1;
        if (colour !== 0 || over) {
          this.pen({ ...PLAIN, bg: this.styleAt(line, x).bg });
          this.put(`${CSI}${next - x}X`);
        }
        if (next < end) this.put(`${CSI}${next - x}C`);
        x = next;
      }
    }
  }

  private sameCells(line: Line, x: number): boolean {
    return this.style !== undefined && sameStyle(this.style, this.styleAt(line, x));
  }

  private lengthOf(line: Line, most: number): number {
    let end = most;
    while (end > 0 && line._data[end * 3 - 3] === EMPTY && line._data[end * 3 - 2] === 0 && line._data[end * 3 - 1] === 0) end -= 1;
    return end;
  }

  /** Printing behind the first half of a wide character leaves that empty, with the pen of now. */
  private stain(style: Style, row: number, x: number): void {
    this.pen(style);
    this.put(`${SPACE_OF_TWO}${CSI}${row + 1};${x + 2}Hx${CSI}${row + 1};${x + 2}H`);
  }

  /** Stained cells up to the last column: made one column to the left and pushed. Returns from where on cells on their left were harmed. */
  private stainedEnd(line: Line, row: number, from: number): number {
    const { cols } = this.core;
    for (let x = from; x < cols; x += 1) {
      this.put(`${CSI}${row + 1};${x}H`);
      this.stain(this.styleAt(line, x), row, x - 1);
    }
    this.put(`${CSI}${row + 1};${from}H${CSI}@`);
    return line._data[from * 3 - 3] === 0 ? from - 2 : from - 1;
  }
}

