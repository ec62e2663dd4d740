import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Sentence } from './sentence.js';

/** Can this port be listened on? Resolves the port (another one for 0); rejects with the system's error. */
export function tryPort(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const { port: got } = server.address() as AddressInfo;
      server.close(() => resolve(got));
    });
  });
}

/** The wanted port, or the next free one of the following hundred. @throws Sentence */
export async function nextFreePort(wanted: number, host: string): Promise<number> {
  for (let port = wanted; port <= Math.min(wanted + 100, 65_535); port++) {
    try {
      return await tryPort(port, host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || wanted === 0) throw error;
    }
  }
  throw new Sentence(`Port ${wanted} and the hundred after it are taken. Choose another with --port, or --port 0 for any.`);
}
