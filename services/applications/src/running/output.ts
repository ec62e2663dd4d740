import type { DeploymentStep } from '@xanthus/proto/applications';
import type { ProcessPorts } from './ports.js';

/** Signals a second, and lines in each, at most. */
const EVERY_MS = 200;
const LINES = 100;

/** Gathers what programs print into few signals. */
export const createOutput = ({ output, pause }: Pick<ProcessPorts, 'output' | 'pause'>, of: Parameters<ProcessPorts['output']>[0], step: DeploymentStep) => {
  let lines: string[] = [];
  let dropped = 0;
  let waiting: AbortController | undefined;
  const flush = (): void => {
    waiting?.abort();
    waiting = undefined;
    if (lines.length === 0) return;
    output(of, step, lines, dropped);
    [lines, dropped] = [[], 0];
  };
  const flushLater = async (until: AbortSignal): Promise<void> => {
    await pause(EVERY_MS, until);
    if (!until.aborted) flush();
  };
  return {
    line(line: string): void {
      if (lines.length >= LINES) dropped += 1;
      else lines.push(line.slice(0, 1_000));
      if (waiting !== undefined) return;
      const until = waiting = new AbortController();
      void flushLater(until.signal);
    },
    end: flush,
  };
};
