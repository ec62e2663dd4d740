import { createContext, Script } from 'node:vm';

/** What somebody else wrote took too long to work through. */
export class TookTooLong extends Error {}

const script = new Script('run()');
const room: { run?: () => void } = {};
const context = createContext(room);

/**
 * Runs something of ours on data of somebody else (a regular expression, a JSON Schema) and ends it after `milliseconds`, also inside of a pattern that
 * backtracks for ever. Synchronous only: for that long nothing else runs.
 * The time is that of the clock, so be generous: a busy machine is slow too.
 * @throws TookTooLong
 */
export const withTimeLimit = <T>(milliseconds: number, run: () => T): T => {
  let answer: { readonly value: T } | undefined;
  try {
    room.run = () => { answer = { value: run() }; };
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TookTooLong(`not done within ${milliseconds} ms`);
    throw error;
  } finally {
    delete room.run;
  }
  if (answer === undefined) throw new Error('nothing was run');
  return answer.value;
};
