import { TTY_KIND } from '@xanthus/proto';
import type { WebSocket } from 'ws';

const BINARY = { binary: true, fin: true } as const;
const BRACE = 0x7b;
/** Kind and offset. */
const HEADER = 9;
/** Frames of the other protocol that say nothing here. */
const SILENT: readonly string[] = ['hello', 'cap_update', 'reply', 'msg'];

/** A socket on which a connection says its errors, drain and the like as control frames. `write` puts each into another form, or says it itself; `wrote` hears of bytes of the terminal that are given to the socket. */
export const ttySocket = (ws: WebSocket, wrote: (bytes: number) => void, write = (frame: Buffer): void => ws.send(frame, BINARY)): WebSocket => ({
  get readyState() { return ws.readyState; },
  OPEN: ws.OPEN,
  send: (frame: Buffer) => {
    const told = frame[0] === BRACE ? asControl(frame) : frame;
    if (told === undefined) return;
    write(told);
    // Behind them, so that the answer comes when they have arrived.
    if (told[0] !== TTY_KIND.CONTROL) wrote(told.length - HEADER);
  },
  ping: () => ws.ping(),
  close: (code?: number, reason?: string) => ws.close(code, reason),
  terminate: () => ws.terminate(),
  once: (event: string, fn: (...args: unknown[]) => void) => ws.once(event, fn),
}) as unknown as WebSocket;

const asControl = (frame: Buffer): Buffer | undefined => {
  const { op, target, data } = JSON.parse(frame.toString('utf8')) as { op: string; target?: string; data?: object };
  return SILENT.includes(op) ? undefined : Buffer.from(`\u0001${JSON.stringify({ ...data, op, target })}`);
};
