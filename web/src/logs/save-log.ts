/** A log as a file: exactly the lines that are shown, as plain text. */
import { plain } from './ansi.js';
import type { LogModel } from './log-model.js';

/** So many lines are one piece of the file. */
const PIECE = 20_000;

/** Pieces of text of all shown lines, each ending with a line break. Pure. */
export function* textPieces(model: LogModel): Generator<string> {
  const { count } = model;
  for (let from = 0; from < count; from += PIECE) {
    const lines: string[] = [];
    for (let i = from; i < Math.min(count, from + PIECE); i++) lines.push(plain(model.text(i)));
    yield `${lines.join('\n')}\n`;
  }
}

/** Saves what pieces make as a file of this machine. */
export const saveFile = (name: string, parts: readonly BlobPart[], type = 'text/plain'): void => {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun with it by then.
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
};
