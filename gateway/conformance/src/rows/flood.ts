/** More than a reader takes that stands still. */
import { CLOSE_CODES } from '@xanthus/proto';
import { isData } from '../check.js';
import type { Socket } from '../socket.js';
import type { Trial } from '../trial.js';

const limitsOf = (socket: Socket): Record<string, number> => (socket.frames.find(f => f.op === 'hello')?.data['limits'] ?? {}) as Record<string, number>;
/** What loopback sockets of both ends hold at most beside the queue, bytes. */
const KERNEL = 12 * 1024 * 1024;
export const PIECE = 40_000;

/** How a reader is closed that was found slow: told why, or, when it wakes later than the second of grace, without a word. */
export const CUT: ReadonlySet<number> = new Set([CLOSE_CODES.SLOW_CONSUMER, 1006]);
/** How often a row is tried whose reader was cut off earlier than it could say something, because the machine is busy. */
export const TRIES = 6;
/** Pieces that fill the queue. */
export const queueOf = (socket: Socket): number => Math.ceil((limitsOf(socket)['queue_bytes'] ?? 1_048_576) / PIECE);
/** Pieces that are more than queue and kernel take together, whatever the system. */
export const tooMuch = (socket: Socket): number => Math.ceil(KERNEL / PIECE) + 6 * queueOf(socket);
/** Pieces for the next try: what came before this one was cut off is what the kernel takes, so that they fill the queue once and once more. Then a slow machine has sent them soon after it is full. */
export const justTooMuch = (socket: Socket, at: string): number => Math.min(tooMuch(socket), socket.frames.filter(isData(at)).length + 2 * queueOf(socket));

/** Publishes no faster than `pace` reads it. */
export const flood = async (t: Trial, at: string, n: number, pace?: Socket): Promise<void> => {
  const filler = 'x'.repeat(PIECE);
  for (let i = 0; i < n; i++) {
    t.part('signals').publish(at, { i, filler });
    if (i % 40 === 0) await t.part('signals').flush();
    if (i % 10 === 0) await pace?.quiet();
  }
  await t.part('signals').flush();
};
