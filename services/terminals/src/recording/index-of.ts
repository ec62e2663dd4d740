/** What is where in a recording, built while it is written or read. Pure. */
import { isEvent, type CommandLine, type Line } from './chunk.js';

/** Nothing happened for so long, ms: shown, and skipped by who wants. */
export const IDLE = 5_000;
/** An answer holds no more. */
const MOST = { commands: 1_000, marks: 500, idle: 2_000, keyframes: 4_000 } as const;
const TEXT = 160;

export interface RecordingIndex {
  readonly cols: number;
  readonly rows: number;
  readonly duration_ms: number;
  readonly keyframes: readonly number[];
  readonly marks: readonly { readonly at_ms: number; readonly label: string }[];
  readonly idle: readonly (readonly [number, number])[];
  readonly commands: readonly CommandLine[];
  readonly truncated: boolean;
  /** A copy of the service left after so many chunks, in order. */
  readonly left?: number;
}
const EMPTY_INDEX: RecordingIndex = { cols: 80, rows: 24, duration_ms: 0, keyframes: [], marks: [], idle: [], commands: [], truncated: false };

export interface IndexBuilder { readonly index: RecordingIndex; /** `from`: ms of the event before the first of these. */ add(lines: readonly Line[], from: number): void }

export const indexBuilder = (start: RecordingIndex = EMPTY_INDEX): IndexBuilder => {
  let [cols, rows, duration_ms, truncated] = [start.cols, start.rows, start.duration_ms, start.truncated];
  const [keyframes, marks, idle, commands] = [[...start.keyframes], [...start.marks], [...start.idle], [...start.commands]];
  const push = <T>(to: T[], most: number, value: T): void => { if (to.length < most) to.push(value); else truncated = true; };
  return {
    add(lines, from) {
      let at = from;
      for (const line of lines) {
        if (isEvent(line)) {
          const before = at;
          at += Math.round(line[0] * 1_000);
          if (at - before >= IDLE) push(idle, MOST.idle, [before, at]);
          if (line[1] === 'm') push(marks, MOST.marks, { at_ms: at, label: line[2].slice(0, TEXT) });
          duration_ms = Math.max(duration_ms, at);
        } else if ('screen' in line) push(keyframes, MOST.keyframes, line.screen.at_ms);
        else if ('command' in line) push(commands, MOST.commands, { ...line.command, text: line.command.text.slice(0, TEXT) });
        else {
          const term = line.header['term'] as { cols?: number; rows?: number } | undefined;
          [cols, rows] = [term?.cols ?? cols, term?.rows ?? rows];
        }
      }
    },
    get index() { return { cols, rows, duration_ms, keyframes, marks, idle, commands, truncated, ...(start.left === undefined ? {} : { left: start.left }) }; },
  };
};
