/** A gateway that is wrong in one way: a proxy before a right one that spoils frames. For the test of the test. */
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { addressOf } from './socket.js';

export interface Envelope { op: string; target?: string; inbox?: string; data?: Record<string, unknown> }

/** Made anew for each connection. What is not there passes unchanged. */
export interface Fault {
  /** A frame of the server → what the client gets instead. */
  out?(frame: Envelope): readonly Envelope[];
  /** A frame of the client → what the server gets instead. */
  in?(frame: Envelope): readonly Envelope[];
  close?(code: number): number;
}

export interface WrongGateway { readonly url: string; stop(): Promise<void> }

export const startWrongGateway = async (right: string, fault: () => Fault): Promise<WrongGateway> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws', maxPayload: 64 * 1024 * 1024, handleProtocols: offered => [...offered][0] ?? false });
  server.on('connection', (client, request) => join(client, right, request.headers['sec-websocket-protocol'], fault()));
  await new Promise<void>(resolve => server.once('listening', () => resolve()));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => {
      for (const client of server.clients) client.terminate();
      server.close(() => resolve());
    }),
  };
};

const join = (client: WebSocket, right: string, protocol: string | undefined, fault: Fault): void => {
  const upstream = new WebSocket(addressOf(right, '/ws'), protocol === undefined ? [] : protocol.split(',').map(p => p.trim()));
  const early: (Buffer | string)[] = [];
  const send = (data: Buffer | string): void => {
    if (upstream.readyState === WebSocket.OPEN) upstream.send(data);
    else if (upstream.readyState === WebSocket.CONNECTING) early.push(data);
  };
  upstream.on('open', () => { for (const data of early.splice(0)) upstream.send(data); });
  client.on('message', (data: Buffer, binary) => {
    const frame = binary ? undefined : parsed(data);
    for (const text of frame === undefined || Array.isArray(frame) ? [binary ? data : data.toString('utf8')] : (fault.in?.(frame) ?? [frame]).map(f => JSON.stringify(f))) send(text);
  });
  upstream.on('message', (data: Buffer) => {
    const frames = [parsed(data) ?? []].flat();
    for (const frame of frames.flatMap(f => fault.out?.(f) ?? [f])) client.send(JSON.stringify(frame));
  });
  upstream.on('close', code => (code === 1006 ? client.terminate() : client.close(fault.close?.(code) ?? code)));
  client.on('close', () => upstream.terminate());
  for (const socket of [client, upstream]) socket.on('error', () => {});
};

const parsed = (data: Buffer): Envelope | Envelope[] | undefined => {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return typeof value === 'object' && value !== null ? value as Envelope | Envelope[] : undefined;
  } catch {
    return undefined;
  }
};
