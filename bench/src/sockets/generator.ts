import type { ChildProcess } from 'node:child_process';
import { startChild } from '../stack/child.js';
import type { Finished, OpenOrder, Opened, Order, Stops } from './wire.js';

type AnswerOf<O extends Order> = O extends OpenOrder ? Opened : O extends { do: 'finish' } ? Finished : O extends { do: 'stops' } ? Stops : true;

export interface Generator { tell<O extends Order>(order: O): Promise<AnswerOf<O>>; stop(): Promise<void> }

const answersOf = (child: ChildProcess): ((order: Order) => Promise<unknown>) => {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let ids = 0;
  child.on('message', ({ id, answer, error }: { id: number; answer?: unknown; error?: string }) => {
    const asked = open.get(id);
    open.delete(id);
    if (error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(error));
  });
  return order => new Promise((resolve, reject) => {
    const id = ++ids;
    open.set(id, { resolve, reject });
    child.send({ id, order });
  });
};

/** The process that plays all clients. */
export const startGenerator = async (): Promise<Generator> => {
  const child = await startChild<{ pid: number }>('../sockets/generate');
  const ask = answersOf(child.process);
  return {
    tell: async <O extends Order>(order: O) => {
      const answer = (await ask(order)) as AnswerOf<O>;
      const errors = order.do === 'open' ? (answer as Opened).errors : [];
      if (errors.length > 0) throw new Error(`sockets did not open: ${errors.join('; ')}`);
      return answer;
    },
    stop: () => child.stop(),
  };
};
