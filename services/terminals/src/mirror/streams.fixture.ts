/** Random output of a shell, by a seed: text of all widths, every sequence that xterm.js knows, cut anywhere. */
export interface Stream { readonly cols: number; readonly rows: number; readonly scrollback: number; readonly steps: readonly StreamStep[] }
export type StreamStep = { readonly text: string } | { readonly cols: number; readonly rows: number };

export interface Dice { (below: number): number; of<T>(list: readonly T[]): T; chance(oneIn: number): boolean }
/** Mulberry32. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4_294_967_296 * below);
  };
  return Object.assign(roll, { of: <T>(list: readonly T[]): T => list[roll(list.length)]!, chance: (oneIn: number) => roll(oneIn) === 0 });
}

const LETTERS = ['a', 'B', 'q', 'x', '~', '#', ' ', '@', '0', 'lq', 'word', 'hello world', 'é', 'ß', '—', '…', '中', '文字', '한', 'か', '🙂', '👍', '\u0301', '\u0300\u0323', 'e\u0301', '\u200d', '👩\u200d🚀', '\ufe0f', '☎', '\u00a0', '│', '━━', '　'];
const SGR = ['', '0', '1', '2', '3', '4', '5', '7', '8', '9', '21', '22', '23', '24', '25', '27', '28', '29', '31', '32;45', '92', '101', '39', '49', '38;5;3', '38;5;200', '48;5;100', '38;2;1;2;3', '48;2;250;240;230', '38:2::9:8:7', '48:5:17', '4:3', '4:2', '4:4', '4:5', '4:0', '58:2::1:2:3', '58;5;9', '59', '53', '55', '1;4;31;48;5;7', '7;32'];
const PRIVATE = [1, 6, 7, 9, 12, 25, 45, 66, 1000, 1002, 1003, 1004, 1006, 1016, 2004, 2026];
const CONTROLS = ['\n', '\r\n', '\r', '\b', '\t', '\x0b', '\x0c', '\x07', '\0', '\x7f', '\x18', '\x1a', '\u0084', '\u0085', '\u0088'];

export function stream(seed: number, most = { cols: 24, rows: 8 }): { readonly before: Stream; readonly after: readonly StreamStep[]; readonly cuts: Dice } {
  const roll = dice(seed);
  const cols = 2 + roll(most.cols - 1);
  const rows = 1 + roll(most.rows);
  const before = { cols, rows, scrollback: roll.of([0, 3, 20]), steps: steps(roll, 20 + roll(40), most, cols, rows) };
  return { before, after: steps(roll, 8 + roll(16), most, cols, rows), cuts: roll };
}

function steps(roll: Dice, count: number, most: { cols: number; rows: number }, cols: number, rows: number): StreamStep[] {
  const list: StreamStep[] = [];
  for (let i = 0; i < count; i += 1) list.push(roll.chance(40) ? { cols: 2 + roll(most.cols - 1), rows: 1 + roll(most.rows) } : { text: piece(roll, cols, rows) });
  return list;
}

function piece(roll: Dice, cols: number, rows: number): string {
  const n = (): string => roll.of(['', '1', '2', '3', String(1 + roll(cols + 2)), String(1 + roll(rows + 2)), '0', '99']);
  switch (roll(20)) {
    case 0: case 1: case 2: case 3: case 4: return Array.from({ length: 1 + roll(6) }, () => roll.of(LETTERS)).join('');
    case 5: return 'abcdefghijklmnopqrstuvwxyz'.repeat(2).slice(0, cols + roll(3) - 1);
    case 6: case 7: return roll.of(CONTROLS).repeat(1 + roll(3));
    case 8: case 9: return `\x1b[${roll.of(SGR)}m`;
    case 10: return `\x1b[${n()}${roll.of([...'ABCDEFGIZ`ade'])}`;
    case 11: return `\x1b[${n()};${n()}${roll.of(['H', 'f'])}`;
    case 12: return `\x1b[${roll.of(['', '0', '1', '2', '3'])}${roll.of(['J', 'K', 'J', 'K', 'X', 'P', '@'])}`;
    case 13: return `\x1b[${n()}${roll.of(['L', 'M', 'S', 'T', 'X', 'P', '@', 'b', ' @', ' A', "'}", "'~"])}`;
    case 14: return roll.of([`\x1b[?${roll.of(PRIVATE)}${roll.of(['h', 'l'])}`, `\x1b[${roll.of([4, 20])}${roll.of(['h', 'l'])}`, `\x1b[?${roll.of([47, 1047, 1048, 1049])}${roll.of(['h', 'h', 'l'])}`]);
    case 15: return roll.of(['\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1bD', '\x1bE', '\x1bM', '\x1bH', '\x1b[g', '\x1b[3g', '\x1b#8', '\x1b=', '\x1b>', '\x1b[!p', '\x1bc', `\x1b[${n()};${n()}r`, `\x1b[${n()};${n()}r`, '\x1b[r', `\x1b[${roll(9)} q`, '\x1b[1"q', '\x1b[0"q', '\x1b[?J', '\x1b[?1K']);
    case 16: return roll.of(['\x0e', '\x0f', '\x1b(0', '\x1b)0', '\x1b(B', '\x1b(A', '\x1b)4', '\x1b*0', '\x1b+K', '\x1bn', '\x1bo', '\x1b%G', '\x1b(0lqqk\x1b(B']);
    case 17: return roll.of([`\x1b]${roll.of([0, 1, 2])};title ${roll(9)} é\x07`, '\x1b]2;\x1b\\', `\x1b]8;;https://example.org/${roll(3)}\x07`, `\x1b]8;id=a${roll(2)};https://example.org\x1b\\`, '\x1b]8;;\x07', '\x1b]8;;\x1b\\']);
    case 18: return roll.of(['\x1bP$qm\x1b\\', '\x1b[c', '\x1b[6n', '\x1b[?25$p', '\x1b]4;1;rgb:11/22/33\x07', '\x1b]11;?\x07', '\x1b_Gi=1;AAAA\x1b\\', '\x1bPq#0~~\x1b\\', '\x1b]52;c;?\x07', '\x1b]133;A\x07', '\x1b^x\x1b\\', '\x1b[31', '\x1b]2;never', '\x1bP1', '\x1b_é', '\u009b2A', '\u009d2;c1\u009c', '\x1b[1;\n2H', '\x1b[>4;1m', '\x1b[12', '\x1b']);
    default: return roll.of(['\n', '\r\n', '\x1b[m', ' ', '\x1b[H']);
  }
}
