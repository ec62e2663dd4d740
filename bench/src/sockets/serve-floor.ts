/** Child of a benchmark: the bare corked `ws` loop, by itself or behind a NATS subscription. A client sends the subjects it wants. */
import type { AddressInfo } from 'node:net';
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect } from '@nats-io/transport-node';
import { WebSocketServer, type WebSocket } from 'ws';
import { publishRounds, type Burst } from './wire.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const servers = process.argv[2];
const nc = servers === undefined ? undefined : await connect({ servers });
const listeners = new Map<string, { ws: WebSocket; socket: Socket }[]>();
const corked = new Set<Socket>();
const uncork = (): void => {
  for (const socket of corked) socket.uncork();
  corked.clear();
};
const TEXT = { binary: false, fin: true } as const;
/** Messages that share a write: enough to merge, few enough that the first leaves while the last is on its way. */
const MERGED = 10;
let merged = 0;
const tell = (subject: string, data: Buffer): void => {
  if (corked.size === 0) setImmediate(uncork);
  for (const { ws, socket } of listeners.get(subject) ?? []) {
    if (!corked.has(socket)) {
      socket.cork();
      corked.add(socket);
    }
    ws.send(data, TEXT);
  }
  if (++merged % MERGED === 0) uncork();
};
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 20_000 });
server.on('connection', (ws, { socket }) => {
  ws.on('message', async (message) => {
    for (const subject of String(message).split(' ')) {
      const known = listeners.get(subject);
      if (known !== undefined) known.push({ ws, socket });
      else {
        listeners.set(subject, [{ ws, socket }]);
        nc?.subscribe(subject, { callback: (_, m) => tell(subject, Buffer.from(m.data.buffer, m.data.byteOffset, m.data.byteLength)) });
      }
    }
    await nc?.flush();
    ws.send('{"op":"reply"}');
  });
  ws.on('close', () => {
    for (const [subject, list] of listeners) listeners.set(subject, list.filter(l => l.ws !== ws));
  });
});
process.once('disconnect', () => process.exit(0));
process.on('message', (message: Burst | 'memory') => {
  if (message === 'memory') {
    for (let i = 0; i < 3; i++) collect();
    process.send?.({ memory: process.memoryUsage() });
    return;
  }
  void publishRounds(message, (subject, text) => tell(subject, Buffer.from(text)), () => new Promise(resolve => setImmediate(resolve))).then(() => process.send?.({ published: true }));
});
server.once('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }));
