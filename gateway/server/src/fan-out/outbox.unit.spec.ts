import { describe, expect, it } from '@jest/globals';
import { Outbox, SOCKET_BYTES } from './outbox.js';

const frame = (n: number, size = 10): Buffer => Buffer.from(String(n).padEnd(size));
const owner = () => ({ sent: 0 });
const make = (limits = { bytes: 1_000, frames: 10 }) => {
  const socket = { written: [] as string[], taken: 0, writes: 0 };
  let now = 1;
  const outbox = new Outbox(
    { write: (frames) => { socket.writes++; for (const f of frames) { socket.written.push(f.toString().trim()); socket.taken += f.length; } }, pending: () => socket.taken },
    limits, () => now, () => {},
  );
  return { outbox, socket, at: (ms: number) => { now = ms; } };
};

describe('an outbox', () => {
  it('writes everything due with one write, in order', () => {
    const { outbox, socket } = make();
    for (let i = 0; i < 5; i++) outbox.push(frame(i));
    outbox.flush();
    expect(socket.written).toEqual(['0', '1', '2', '3', '4']);
    expect(socket.writes).toBe(1);
    expect(outbox.size).toEqual({ bytes: 0, frames: 0 });
  });

  it('keeps what the socket does not take and goes on when it has drained', () => {
    const { outbox, socket, at } = make();
    outbox.push(frame(1, SOCKET_BYTES));
    outbox.push(frame(2));
    outbox.flush();
    expect(socket.written).toEqual(['1']);
    expect(outbox.blockedSince).toBe(1);
    at(5);
    socket.taken = 0;
    outbox.drained();
    expect(socket.written).toEqual(['1', '2']);
    expect(outbox.blockedSince).toBe(0);
  });

  it('asks to go on where the socket counts less than what it was given: such a socket never says that it has drained', () => {
    let dirty = 0;
    const outbox = new Outbox({ write: () => {}, pending: () => SOCKET_BYTES - 1 }, { bytes: 1e6, frames: 100 }, () => 0, () => { dirty++; });
    for (let i = 0; i < 3; i++) outbox.push(frame(i, SOCKET_BYTES));
    for (let asked = -1; asked !== dirty;) {
      asked = dirty;
      outbox.flush();
    }
    expect(outbox.size.frames).toBe(0);
  });

  it('knows since when it is full without a break', () => {
    const { outbox, socket, at } = make({ bytes: 1_000, frames: 3 });
    socket.taken = SOCKET_BYTES;
    for (let i = 0; i < 2; i++) outbox.push(frame(i));
    expect(outbox.fullSince).toBe(0);
    at(7);
    outbox.push(frame(3));
    at(9);
    outbox.push(frame(4));
    expect(outbox.fullSince).toBe(7);
    socket.taken = 0;
    outbox.drained();
    expect(outbox.fullSince).toBe(0);
    expect(outbox.overflown()).toBe(false);
    socket.taken = SOCKET_BYTES;
    for (let i = 0; i < 12; i++) outbox.push(frame(i));
    expect(outbox.overflown()).toBe(true);
  });

  it('drops what is queued of an owner and tells the position only of what left', () => {
    const { outbox, socket } = make();
    const [a, b] = [owner(), owner()];
    outbox.push(frame(1), a, 11);
    outbox.flush();
    socket.taken = SOCKET_BYTES;
    outbox.push(frame(2), a, 12);
    outbox.push(frame(3), b, 21);
    outbox.push(frame(4), a, 13);
    outbox.purge(a);
    socket.taken = 0;
    outbox.drained();
    expect(socket.written).toEqual(['1', '3']);
    expect([a.sent, b.sent]).toEqual([11, 21]);
  });

  it('lets those who wait go on only while there is room', () => {
    const { outbox, socket } = make({ bytes: 1_000, frames: 10 });
    socket.taken = SOCKET_BYTES;
    for (let i = 0; i < 8; i++) outbox.push(frame(i));
    let pumped = 0;
    const waiting = { pump: () => { pumped++; } };
    outbox.whenRoom(waiting);
    outbox.flush();
    expect(pumped).toBe(0);
    socket.taken = 0;
    outbox.drained();
    expect(pumped).toBe(1);
    outbox.whenRoom(waiting);
    outbox.forget(waiting);
    outbox.flush();
    expect(pumped).toBe(1);
  });

  it('gives the event loop back when somebody could fill it for ever', () => {
    const { outbox, socket } = make();
    let pumps = 0;
    const greedy = { pump: () => { pumps++; outbox.push(frame(pumps)); outbox.whenRoom(greedy); } };
    outbox.whenRoom(greedy);
    outbox.flush();
    expect(pumps).toBeLessThan(20);
    expect(socket.written.length).toBe(pumps);
  });

  it('takes nothing after it was closed', () => {
    const { outbox, socket } = make();
    outbox.push(frame(1));
    outbox.close();
    outbox.push(frame(2));
    outbox.flush();
    expect(socket.written).toEqual([]);
    expect(outbox.hasRoom()).toBe(false);
  });
});
