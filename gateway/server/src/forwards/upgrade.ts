import { request as httpRequest, ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { failurePage } from './exchange.js';
import { toApplication, toBrowser, type Toward } from './headers.js';
import { sendPage, type Page } from './page.js';

/** A page on a connection that asked for an upgrade; it is closed behind it. */
export const answerUpgrade = (request: IncomingMessage, socket: Duplex, page: Page): void => {
  const response = new ServerResponse(request);
  socket.on('error', () => undefined);
  response.assignSocket(socket as Socket);
  response.on('finish', () => socket.end());
  sendPage(response, page);
};

/** Names and values were parsed strictly; this refuses what could still end a line. */
const headText = (list: readonly string[]): string => {
  let text = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  for (let i = 0; i + 1 < list.length; i += 2) {
    const line = `${list[i] ?? ''}: ${list[i + 1] ?? ''}`;
    // oxlint-disable-next-line no-control-regex
    if (/[\0\r\n]/.test(line)) throw new RangeError('A header has a line break.');
    text += `${line}\r\n`;
  }
  return `${text}\r\n`;
};

/**
 * A WebSocket of the application. Only that: no other protocol is changed to, and what the application refuses is passed on as an answer.
 * @returns how to cut it off
 */
export const passUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, { toward, connect, ended }: { readonly toward: Toward; connect(): Promise<Duplex>; ended(): void }): (() => void) => {
  let theirs: Duplex | undefined;
  const over = (): void => {
    socket.destroy();
    theirs?.destroy();
    ended();
  };
  socket.on('error', over).on('close', over);
  /** What an application says may be what Node does not write: that ends this connection, and no more. */
  const guarded = <A extends unknown[]>(act: (...args: A) => void) => (...args: A): void => {
    try {
      act(...args);
    } catch {
      over();
    }
  };
  const open = async (): Promise<void> => {
    theirs = await connect();
    if (socket.destroyed) return void theirs.destroy();
    const connection = theirs;
    const upstream = httpRequest({ createConnection: () => connection, method: 'GET', path: request.url ?? '/', headers: toApplication(request, toward, true) as unknown as Record<string, string>, setHost: false, insecureHTTPParser: false });
    upstream.on('error', fail);
    upstream.on('response', guarded((answer: IncomingMessage) => {
      const response = new ServerResponse(request);
      response.assignSocket(socket as Socket);
      response.shouldKeepAlive = false;
      response.sendDate = false;
      response.writeHead(answer.statusCode ?? 502, toBrowser(answer, toward) as unknown as Record<string, string>);
      answer.on('error', over);
      response.on('finish', () => socket.end());
      answer.pipe(response);
    }));
    upstream.on('upgrade', guarded((answer: IncomingMessage, opened: Duplex, first: Buffer) => {
      opened.on('error', over).on('close', over);
      socket.write(headText(toBrowser(answer, toward)), 'latin1');
      if (first.length > 0) socket.write(first);
      if (head.length > 0) opened.write(head);
      opened.pipe(socket);
      socket.pipe(opened);
    }));
    upstream.end();
  };
  const fail = (error: unknown): void => {
    theirs?.destroy();
    if (socket.writable && !socket.destroyed) answerUpgrade(request, socket, failurePage(error, toward));
    else over();
  };
  open().catch(fail);
  return over;
};
