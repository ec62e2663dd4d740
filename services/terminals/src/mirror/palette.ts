/** Colours that a program sets (OSC 4, 10, 11, 12) and asks for. Pure. */
import { TERMINAL_COLOURS } from '@xanthus/proto/terminals/queries';

/** `4;n` of the palette, `10` text, `11` ground, `12` cursor. */
type Slot = string;
const SPECIAL = { 10: TERMINAL_COLOURS.foreground, 11: TERMINAL_COLOURS.background, 12: TERMINAL_COLOURS.cursor } as const;

export class Palette {
  private readonly set = new Map<Slot, string>();

  /** Takes an OSC of colours. Returns what it asks for, in order; undefined: it is none. */
  take(id: number, text: string): string | undefined {
    if (id === 4) return this.indexed(text);
    if (id >= 10 && id <= 12) return this.special(id, text);
    if (id === 104) {
      for (const slot of text === '' ? [...this.set.keys()].filter(key => key.startsWith('4;')) : text.split(';').map(index => `4;${index}`)) this.set.delete(slot);
    } else if (id >= 110 && id <= 112) this.set.delete(String(id - 100));
    else return undefined;
    return '';
  }

  /** Sequences from any palette to this one. */
  sequences(): string {
    return `\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b]112\x07${[...this.set].map(([slot, colour]) => `\x1b]${slot};${colour}\x07`).join('')}`;
  }

  private indexed(text: string): string {
    const parts = text.split(';');
    let answers = '';
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const index = /^\d{1,3}$/.test(parts[i]!) ? Number(parts[i]) : 256;
      if (index < 256) answers += this.one(`4;${index}`, parts[i + 1]!, () => xterm256(index));
    }
    return answers;
  }

  private special(first: number, text: string): string {
    return text.split(';').slice(0, 13 - first).map((spec, i) => this.one(String(first + i), spec, () => rgbOf(SPECIAL[(first + i) as 10])!)).join('');
  }

  private one(slot: Slot, spec: string, usual: () => string): string {
    if (spec === '?') return `\x1b]${slot};${this.set.get(slot) ?? usual()}\x1b\\`;
    const colour = rgbOf(spec);
    if (colour !== undefined) this.set.set(slot, colour);
    return '';
  }
}

/** `rgb:rrrr/gggg/bbbb` of what XParseColor reads in a terminal: `rgb:r/g/b` with 1–4 digits each, `#` with 3, 6, 9 or 12. */
function rgbOf(spec: string): string | undefined {
  const parts = /^rgb:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})$/i.exec(spec)?.slice(1)
    ?? (/^#([\da-f]{3}|[\da-f]{6}|[\da-f]{9}|[\da-f]{12})$/i.test(spec) ? [0, 1, 2].map(i => spec.slice(1 + i * (spec.length - 1) / 3, 1 + (i + 1) * (spec.length - 1) / 3)) : undefined);
  if (parts === undefined) return undefined;
  // `#rgb` gives the highest digits, `rgb:r/g/b` a fraction; both are scaled here as xterm.js does
  return `rgb:${parts.map(part => Math.round(parseInt(part, 16) / (16 ** part.length - 1) * 255).toString(16).padStart(2, '0').repeat(2)).join('/')}`;
}

/** The palette of xterm: sixteen of the theme, a cube, greys. */
function xterm256(index: number): string {
  if (index < 16) return rgbOf(TERMINAL_COLOURS.ansi[index]!)!;
  const level = (n: number): number => (n === 0 ? 0 : 55 + n * 40);
  const cube = index - 16;
  const values = index >= 232 ? Array<number>(3).fill(8 + (index - 232) * 10) : [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level);
  return `rgb:${values.map(value => value.toString(16).padStart(2, '0').repeat(2)).join('/')}`;
}
