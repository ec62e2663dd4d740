import type { SocketConstructor, SocketLike } from './types.js';

/** `http(s)://host/base` and `ws(s)://host/base` → `ws(s)://host/base/ws`. @throws TypeError not such an address. */
export const socketUrl = (base: string): string => {
  const match = /^(https?|wss?):\/\/([^?#]+)/i.exec(base);
  if (!match) throw new TypeError(`not an http(s) or ws(s) address: ${base}`);
  const secure = /^(https|wss)$/i.test(match[1] ?? '');
  const path = (match[2] ?? '').replace(/\/+$/, '');
  return `${secure ? 'wss' : 'ws'}://${path}${path.endsWith('/ws') ? '' : '/ws'}`;
};

/** @throws TypeError the platform has no WebSocket and none was given. */
export const socketConstructor = (given: unknown): SocketConstructor => {
  const found = given ?? (globalThis as { WebSocket?: unknown }).WebSocket;
  if (typeof found !== 'function') throw new TypeError("this platform has no WebSocket: pass one, e.g. import { WebSocket } from 'ws'");
  return found as SocketConstructor;
};

/** Lets go of a socket without waiting for its peer, which may be gone. What it still says is nobody's business. */
export const discard = (socket: SocketLike): void => {
  const { terminate } = socket as { terminate?: () => void };
  if (terminate) terminate.call(socket);
  else socket.close();
};

/** Full jitter: between nothing and 0.25 s, doubling to 20 s. */
export const retryDelay = (attempt: number, random: () => number = Math.random): number => random() * Math.min(20_000, 250 * 2 ** attempt);

type Listen = (name: string, fn: () => void) => void;

/** Events of a browser that say more about the network than a timer: it went, it came, or the page was asleep. */
export const watchNetwork = (wake: () => void): (() => void) => {
  const page = globalThis as { addEventListener?: Listen; removeEventListener?: Listen; document?: { addEventListener: Listen; removeEventListener: Listen } };
  const { addEventListener: add, removeEventListener: remove, document } = page;
  if (!add || !remove || !document) return () => {};
  const names = ['online', 'offline', 'pageshow'];
  for (const name of names) add.call(page, name, wake);
  document.addEventListener('visibilitychange', wake);
  return () => {
    for (const name of names) remove.call(page, name, wake);
    document.removeEventListener('visibilitychange', wake);
  };
};

const HEX = 16;
/** 128 random bits. `crypto.randomUUID` is missing on pages that are not served over TLS. */
export const randomId = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(HEX).padStart(2, '0')).join('');
