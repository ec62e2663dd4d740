/** The screen of a terminal on the side of the service: who joins gets it, programs' questions are answered by it, and marks of the shell are read from it. */

export interface ShellMark {
  readonly kind: 'prompt' | 'command' | 'output' | 'end';
  /** Of the output: the byte behind the mark. */
  readonly offset: number;
  readonly exitCode?: number;
  /** With `output`: the command, as far as it is known. */
  readonly text?: string;
  /** `marked`: the shell said it. `guessed`: the text was read from the screen, where a prompt on the right or an edited line may be in it. */
  readonly confidence: 'marked' | 'guessed';
}

export interface Snapshot { readonly offset: number; readonly cols: number; readonly rows: number; readonly title: string; readonly bytes: Uint8Array }

export interface Mirror {
  /** In order; parsed in a worker. The bytes are copied. */
  write(bytes: Uint8Array): void;
  /** Bytes written, not parsed yet. */
  readonly pending: number;
  /** Resolves when `pending` is at most this; at once after `close`. */
  whenBelow(bytes: number): Promise<void>;
  /** In order with writes; never above 1,000 × 500. */
  resize(cols: number, rows: number): void;
  /**
   * After all that was written before is parsed: escape sequences that rebuild screen, scrollback, cursor, modes, title in a terminal of that size, whatever it shows.
   * `offset` is that of the next byte; what is cut there (half a character, half a sequence) is at the end of the bytes. They ask nothing.
   */
  snapshot(o?: { scrollback?: number }): Promise<Snapshot>;
  close(): void;
}

export interface MirrorOptions {
  readonly cols: number;
  readonly rows: number;
  /** Of the first byte that is written; 0 where left out. */
  readonly offset?: number;
  /** The answer to a question of a program, to be typed; each exactly once. */
  onReply(bytes: Uint8Array): void;
  onTitle(title: string): void;
  onMark(mark: ShellMark): void;
  /** The screen had to be made anew, and why, in words. It goes on by itself, from `recent` or empty. */
  onLost(why: string): void;
  /** The last output that is still known, for a screen that was lost: it ends at the last byte written. */
  recent?(): { readonly offset: number; readonly bytes: Uint8Array } | undefined;
}

export interface Mirrors { open(o: MirrorOptions): Mirror; stop(): Promise<void> }

export const MOST_COLS = 1_000;
export const MOST_ROWS = 500;
export const SCROLLBACK = 1_000;
/** Nothing was written yet: a reset. */
export const EMPTY_SCREEN = '\x18\x1bc\x1b[?25h\x1b[20l\x1b[?12l';
