import { createServer, connect, type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { startProxy } from './proxy.js';

it('passes on in order what it delays, also when the delay ends meanwhile', async () => {
  let got = '';
  let ended = false;
  const server = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => { got += chunk.toString(); });
    socket.on('end', () => { ended = true; });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const proxy = await startProxy(() => (server.address() as AddressInfo).port);
  const client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => undefined); // the end of the proxy resets what is still open
  client.setNoDelay(true);
  client.write('1');
  await eventually(() => got === '1');
  proxy.delay(200);
  client.write('2');
  // It has the first by then: a round trip on another connection took longer.
  const other = connect(proxy.port, '127.0.0.1');
  other.on('error', () => undefined);
  await new Promise((resolve) => { other.once('connect', resolve); });
  await proxy.heal();
  client.end('3');
  await eventually(() => ended);
  expect(got).toBe('123');
  other.destroy();
  await proxy.stop();
  await new Promise((resolve) => { server.close(resolve); });
});
