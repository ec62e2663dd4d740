import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Ports from here to where the system's own begin. */
const FIRST = 10_000;
/** Fewer are too few to choose from: then the system chooses. */
const ENOUGH = 2_000;
/** Given out by this process: not again. */
const given = new Set<number>();

/**
 * A port of the loopback interface that nobody listens on now, for a server that is started, or started again, later. Not one of those that the system
 * gives to outgoing connections: a client that looks for the server while it is down might be given its very port, and the server could not come back.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const end = outgoing();
    const wanted = end - FIRST < ENOUGH ? 0 : randomInt(FIRST, end);
    const port = given.has(wanted) ? undefined : await listen(wanted).catch(() => undefined);
    if (port === undefined) continue;
    given.add(port);
    return port;
  }
  throw new Error('No port of the loopback interface is free.');
}

const listen = (wanted: number): Promise<number> => new Promise((resolve, reject) => {
  const server = createServer().once('error', reject);
  server.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
    const address = server.address();
    server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
  });
});

/** The first port that the system gives to outgoing connections; other systems than Linux begin at 49152. */
const outgoing = (): number => {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]);
  } catch {
    return 49_152;
  }
};
