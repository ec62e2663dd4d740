import type { ShellMark } from '../mirror/mirror.js';

export interface RanCommand { readonly offset: number; readonly startedAt: string; readonly durationMs: number; readonly exitCode: number | null; readonly confidence: 'marked' | 'guessed' }

/** From the marks of a shell to commands: one from where its output begins to its end. */
export const commandTimes = (now: () => number, ran: (command: RanCommand, text: string) => void): (mark: ShellMark) => void => {
  let begun: { readonly at: number; readonly mark: ShellMark } | undefined;
  return (mark) => {
    if (mark.kind === 'output') begun = { at: now(), mark };
    else if (mark.kind === 'end' && begun !== undefined) {
      const { at, mark: { offset, confidence, text } } = begun;
      begun = undefined;
      ran({ offset, startedAt: new Date(at).toISOString(), durationMs: Math.max(0, Math.round(now() - at)), exitCode: mark.exitCode ?? null, confidence: confidence === 'marked' && mark.confidence === 'marked' ? 'marked' : 'guessed' }, text ?? mark.text ?? '');
    }
  };
};
