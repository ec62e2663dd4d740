import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { atExit } from './at-exit.js';
import { freePort } from './free-port.js';

/** A TCP proxy in front of a loopback port, to break the connection as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** Connections open through it now. */
  connections(): number;
  /** Resets every connection and refuses new ones, until `heal`. */
  cut(): Promise<void>;
  /** Passes nothing on in either direction, closes nothing; new connections are accepted and stay silent. Until `heal`. */
  stall(): void;
  /** Waits so many milliseconds before each chunk is passed on. */
  delay(ms: number): void;
  heal(): Promise<void>;
  stop(): Promise<void>;
}

/** @param targetPort or where it is now, asked for each connection */
export async function startProxy(targetPort: number | (() => number)): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let stalled = false;
  let lag = 0;

  const pipe = (from: Socket, to: Socket): void => {
    const late = inOrder(() => lag);
    from.on('data', (chunk: Buffer) => {
      late(() => {
        if (to.destroyed) return;
        if (to.write(chunk)) return;
        from.pause();
        to.once('drain', () => { if (!stalled) from.resume(); });
      });
    });
    from.on('end', () => late(() => to.end()));
    from.on('error', () => to.destroy());
    if (stalled) from.pause();
  };
  const accept = (client: Socket): void => {
    const target = connect({ host: '127.0.0.1', port: typeof targetPort === 'number' ? targetPort : targetPort(), allowHalfOpen: true });
    const pair: [Socket, Socket] = [client, target];
    pairs.add(pair);
    client.setNoDelay(true);
    target.setNoDelay(true);
    pipe(client, target);
    pipe(target, client);
    const close = (): void => {
      pairs.delete(pair);
      client.destroy();
      target.destroy();
    };
    client.on('close', close);
    target.on('close', close);
  };

  let server: Server | undefined;
  const listen = (port: number): Promise<Server> => new Promise((resolve, reject) => {
    const created = createServer({ allowHalfOpen: true }, accept);
    created.once('error', reject);
    created.listen(port, '127.0.0.1', () => resolve(created));
  });
  const port = await freePort(); // it comes back to this one
  server = await listen(port);

  const cut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    const closed = closing && new Promise<void>((resolve) => { closing.close(() => resolve()); });
    for (const [client, target] of pairs) {
      client.resetAndDestroy();
      target.destroy();
    }
    await closed;
  };
  const forget = atExit(() => { void cut(); });
  return {
    port,
    connections: () => pairs.size,
    cut,
    stall: () => {
      stalled = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    delay: (ms) => { lag = ms; },
    heal: async () => {
      stalled = false;
      lag = 0;
      for (const pair of pairs) for (const socket of pair) socket.resume();
      server ??= await listen(port);
    },
    stop: async () => {
      forget();
      await cut();
    },
  };
}

/** Runs each so many milliseconds later, none before the one that came before it, however the delay changes: TCP never reorders. */
function inOrder(lag: () => number): (run: () => void) => void {
  const waiting: { readonly run: () => void; readonly due: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const go = (): void => {
    timer = undefined;
    for (let next = waiting[0]; next !== undefined && next.due <= performance.now(); next = waiting[0]) {
      waiting.shift();
      next.run();
    }
    const [next] = waiting;
    if (next !== undefined) timer = setTimeout(go, Math.max(1, next.due - performance.now()));
  };
  return (run) => {
    const ms = lag();
    if (ms === 0 && waiting.length === 0) return run();
    waiting.push({ run, due: performance.now() + ms });
    timer ??= setTimeout(go, Math.max(1, ms));
  };
}
