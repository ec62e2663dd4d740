/** The lines that a terminal shows, from what is written to it: for search. A small machine, no emulator: it knows where the cursor is in its line, and that a jump begins another one. */

const ESC = 0x1b;
type State = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape' | 'charset';

export interface ScreenText {
  write(text: string): void;
  /** Nothing of an escape sequence is open: what follows can be written to a fresh terminal. */
  readonly isGround: boolean;
  /** The line that was not ended. */
  flush(): void;
}

/** Longer lines are cut: nobody reads them, and they would grow without end. */
const MOST = 4_000;

/** What is plain, and what changes colours or moves: nearly all of what a shell writes, taken at once. */
// oxlint-disable-next-line no-control-regex -- control characters are what terminals speak
const PLAIN = /[^\u0000-\u001F\u007F]+/y;
// oxlint-disable-next-line no-control-regex -- as above
const WHOLE_CSI = /\u001B\[([0-9;:<=>?]{0,64})([@-~])/y;

export const screenText = (onLine: (line: string) => void): ScreenText => {
  let state: State = 'ground';
  let parameters = '';
  let line = '';
  let column = 0;
  const emit = (): void => {
    const text = line.trimEnd();
    [line, column] = ['', 0];
    if (text !== '') onLine(text);
  };
  const put = (text: string): void => {
    if (column >= MOST) emit();
    const room = text.slice(0, MOST - column);
    line = column === line.length ? line + room : line.padEnd(column).slice(0, column) + room + line.slice(column + room.length);
    column += room.length;
    if (room.length < text.length) put(text.slice(room.length));
  };
  const control = (code: number): void => {
    if (code === 0x0a || code === 0x0b || code === 0x0c) emit();
    else if (code === 0x0d) column = 0;
    else if (code === 0x08) column = Math.max(0, column - 1);
    else if (code === 0x09) column = Math.min(MOST, column + 8 - (column % 8));
  };
  const csi = (final: string): void => {
    if (final === 'm') return;
    const n = Math.max(1, Number.parseInt(parameters, 10) || 1);
    if (final === 'C') column = Math.min(MOST, column + n);
    else if (final === 'D') column = Math.max(0, column - n);
    else if (final === 'G' || final === '`') column = Math.min(MOST, n - 1);
    else if (final === 'P') line = line.slice(0, column) + line.slice(column + n);
    else if (final === 'K' && (parameters === '' || parameters === '0')) line = line.slice(0, column);
    else if (final === 'K' && parameters === '2') line = '';
    else if ('ABEFHfdJLMST'.includes(final)) emit();
    else if ((final === 'h' || final === 'l') && /^\?(47|1047|1049)/.test(parameters)) emit();
  };
  const step = (letter: string, code: number): void => {
    if (code === ESC) state = state === 'string' ? 'string-escape' : 'escape';
    else if (code === 0x18 || code === 0x1a) state = 'ground';
    else if (state === 'string') { if (code === 0x07) state = 'ground'; }
    else if (state === 'string-escape') state = 'ground';
    else if (code < 0x20) control(code);
    else if (state === 'charset' || state === 'ground') state = 'ground';
    else if (state === 'csi') {
      if (code >= 0x40 && code <= 0x7e) { state = 'ground'; csi(letter); } else if (parameters.length < 64) parameters += letter;
    } else if (letter === '[') { state = 'csi'; parameters = ''; }
    else if (']PX^_'.includes(letter)) state = 'string';
    else if ('()*+-./#% '.includes(letter)) state = 'charset';
    else { state = 'ground'; if ('DEMc'.includes(letter)) emit(); }
  };
  return {
    write(text) {
      for (let at = 0; at < text.length;) {
        if (state === 'ground') {
          PLAIN.lastIndex = WHOLE_CSI.lastIndex = at;
          const [run] = PLAIN.exec(text) ?? [];
          if (run !== undefined) { put(run); at += run.length; continue; }
          const [whole, given = '', final = ''] = WHOLE_CSI.exec(text) ?? [];
          if (whole !== undefined) { parameters = given; csi(final); at += whole.length; continue; }
        }
        step(text[at] ?? '', text.charCodeAt(at));
        at += 1;
      }
    },
    get isGround() { return state === 'ground'; },
    flush: emit,
  };
};
