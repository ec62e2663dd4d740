import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Writable } from 'node:stream';

const MAX_CONNECTIONS = 32;

export interface ServeOptions {
  readonly address: string;
  readonly port: number;
  readonly file: string;
  readonly args: readonly string[];
  readonly log: Writable;
  /** What happens to it when the connection is gone. `eof`: its input ends, sshd ends by that; `kill`: at once, where that takes all that it started along. */
  readonly end: 'eof' | 'kill';
}

export interface Served {
  readonly port: number;
  /** Cuts what is open and takes no more. */
  stop(): Promise<void>;
}

/**
 * One sshd per connection: its standard input and output are the connection, so nothing else listens and nothing stays behind.
 * @throws the error of the socket (EADDRINUSE, EACCES, EADDRNOTAVAIL)
 */
export const serve = async (o: ServeOptions): Promise<Served> => {
  const open = new Map<Socket, ChildProcess>();
  const server = createServer((socket) => {
    // a limit on the size of a file (100 MiB, in blocks of 512 B), of a process (4 GiB, in KiB) and no core dumps
    const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; ulimit -f 204800; ulimit -v 4194304; exec "$@"', 'sandbox', o.file, ...o.args], { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/' });
    open.set(socket, child);
    socket.setNoDelay(true);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    child.stderr.pipe(o.log, { end: false });
    const end = (): void => {
      open.delete(socket);
      socket.destroy();
      if (o.end === 'kill') child.kill('SIGKILL');
      else child.stdin.destroy();
    };
    for (const part of [socket, child, child.stdin]) part.on('error', end);
    socket.once('close', end);
    child.once('exit', () => { socket.end(); open.delete(socket); });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(o.port, o.address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
      for (const [socket, child] of open) {
        if (o.end === 'kill') child.kill('SIGKILL');
        socket.destroy();
      }
      await closed;
    },
  };
};
