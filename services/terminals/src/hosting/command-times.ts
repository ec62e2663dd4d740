import type { ShellMark } from '../mirror/mirror.js';

export interface RanCommand { readonly offset: number; readonly startedAt: string; readonly durationMs: number; readonly exitCode: number | null; readonly confidence: 'marked' | 'guessed' }

/** A program can write marks as fast as it writes: of more in a minute the rest is not told. */
const MOST_A_MINUTE = 600;

/** From the marks of a shell to commands: one from where its output begins to its end. */
export const commandTimes = (now: () => number, ran: (command: RanCommand, text: string) => void): (mark: ShellMark) => void => {
  let begun: { readonly at: number; readonly mark: ShellMark } | undefined;
  let [minute, count] = [0, 0];
  const isTooMany = (): boolean => {
    const at = Math.floor(now() / 60_000);
    if (at !== minute) [minute, count] = [at, 0];
    return ++count > MOST_A_MINUTE;
  };
  return (mark) => {
    if (mark.kind === 'output') begun = { at: now(), mark };
    else if (mark.kind === 'end' && begun !== undefined) {
      const { at, mark: { offset, confidence, text } } = begun;
      begun = undefined;
      if (isTooMany()) return;
      ran({ offset, startedAt: new Date(at).toISOString(), durationMs: Math.max(0, Math.round(now() - at)), exitCode: mark.exitCode ?? null, confidence: confidence === 'marked' && mark.confidence === 'marked' ? 'marked' : 'guessed' }, text ?? mark.text ?? '');
    }
  };
};
