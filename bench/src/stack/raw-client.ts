import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface RawClient { ask(data: unknown): Promise<unknown>; close(): void }

/** Questions and answers on one WebSocket with nothing but `ws`. */
export const connectRaw = async (url: string): Promise<RawClient> => {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const waiting = new Map<string, (answer: unknown) => void>();
  let count = 0;
  socket.on('message', data => {
    const { inbox, data: answer } = JSON.parse(String(data)) as { inbox: string; data: unknown };
    waiting.get(inbox)?.(answer);
    waiting.delete(inbox);
  });
  await once(socket, 'open');
  return {
    ask: data => new Promise(resolve => {
      const inbox = String(++count);
      waiting.set(inbox, resolve);
      socket.send(JSON.stringify({ op: 'cmd', inbox, data }));
    }),
    close: () => socket.terminate(),
  };
};
