/** The terminal's own socket, and what older clients speak. */
import { holds, includes, isError, same } from '../check.js';
import { NotOffered, row, type Row } from '../row.js';
import type { Socket } from '../socket.js';
import type { Trial } from '../trial.js';

const TTY = 'xanthus.tty.v1';
const NEEDS = ['identities', 'signals'] as const;
const [OUTPUT, CONTROL] = [0x00, 0x01] as const;

/** @throws NotOffered if the upgrade is refused as an address that does not exist */
const open = async (t: Trial, path: string, protocols: readonly string[]): Promise<Socket> => {
  const socket = t.raw({ path, protocols, older: true, headers: { authorization: `Bearer ${await t.token()}` } });
  try {
    return await socket.open();
  } catch (error) {
    const status = socket.refused?.status;
    if (status === undefined || [400, 404, 426, 501].includes(status)) throw new NotOffered(`${path} with ${protocols.join() || 'no sub-protocol'}: ${status === undefined ? 'no answer to the upgrade' : `HTTP ${status}`}`);
    throw error;
  }
};
const control = (bytes: Buffer): Record<string, unknown> => {
  same(bytes[0], CONTROL, 'the first byte of a control frame');
  return JSON.parse(bytes.subarray(1).toString('utf8')) as Record<string, unknown>;
};
const frame = (data: object): Buffer => Buffer.concat([Buffer.from([CONTROL]), Buffer.from(JSON.stringify(data))]);

export const socketRows: readonly Row[] = [
  row('terminal/xanthus.tty.v1 says hello with its session, and answers a ping', { covers: ['terminal:hello'], needs: NEEDS }, async (t) => {
    const socket = await open(t, '/ws/terminal/s1', [TTY]);
    same(socket.ws.protocol, TTY, 'the chosen sub-protocol');
    const hello = control(await socket.bytes());
    includes(hello, { op: 'hello', session: 's1' }, 'the first frame');
    holds(typeof hello['offset'] === 'number' || typeof hello['offset'] === 'string', `hello tells the offset: ${JSON.stringify(hello)}`);
    socket.send(frame({ op: 'ping' }));
    await t.part('signals').flush();
    const pongs = (): boolean => socket.binary.some(b => b[0] === CONTROL && control(b)['op'] === 'pong');
    for (let i = 0; i < 100 && !pongs(); i++) await new Promise(resolve => setTimeout(resolve, 20));
    holds(pongs(), 'no pong to a ping');
  }),
  row('terminal/output carries the offset of its first byte', { covers: ['terminal:output'], needs: NEEDS }, async (t) => {
    const socket = await open(t, '/ws/terminal/s1', [TTY]);
    await socket.bytes();
    for (const text of ['hello ', 'world']) t.part('signals').publishRaw(`tty.${t.tenant}.s1.out`, Buffer.from(text));
    const output = (): Buffer[] => socket.binary.filter(b => b[0] === OUTPUT);
    for (let i = 0; i < 100 && output().reduce((sum, b) => sum + b.length - 9, 0) < 11; i++) await new Promise(resolve => setTimeout(resolve, 20));
    let offset = output()[0]?.readBigUInt64BE(1);
    for (const bytes of output()) {
      same(String(bytes.readBigUInt64BE(1)), String(offset), 'the offset');
      offset = (offset ?? 0n) + BigInt(bytes.length - 9);
    }
    same(Buffer.concat(output().map(b => b.subarray(9))).toString('utf8'), 'hello world', 'the bytes');
  }),
  row('terminal/without the right the upgrade is refused', { covers: ['terminal:denied'], needs: NEEDS }, async (t) => {
    await open(t, '/ws/terminal/s1', [TTY]);
    const nobody = await t.person({});
    const socket = t.raw({ path: '/ws/terminal/s1', protocols: [TTY], headers: { authorization: `Bearer ${await nobody.token()}` } });
    await socket.end();
    holds(socket.refused?.status === 403 || (socket.closed?.code ?? 0) >= 4_500, `answered with ${socket.refused?.status ?? socket.closed?.code}`);
  }),
  row('older/terminal frames of the older form are spoken without the sub-protocol', { covers: ['older:terminal'], needs: NEEDS }, async (t) => {
    const socket = await open(t, '/ws/terminal/s1', []);
    t.part('signals').publishRaw(`tty.${t.tenant}.s1.out`, Buffer.from('hello'));
    await socket.until(f => (f as unknown as { type?: string }).type === 'terminal_output', 'terminal_output');
  }),
  row('older//ws/status is there', { covers: ['older:status'], needs: [] }, async (t) => {
    const socket = await open(t, '/ws/status', []);
    same(socket.closed, undefined, 'the connection');
  }),
  row('older/{type: subscribe, topic} is a sub', { covers: ['older:subscribe'], needs: NEEDS }, async (t) => {
    const socket = await t.live(undefined, { older: true });
    const topic = `sig.${t.tenant}.a`;
    socket.send({ type: 'subscribe', topic });
    await socket.quiet();
    const refusal = socket.frames.find(isError('BAD_FRAME'));
    if (refusal !== undefined) throw new NotOffered(`{type: "subscribe"}: ${String(refusal.data['message'])}`);
    t.part('signals').publish(topic, { marker: 'older' });
    await socket.until(f => JSON.stringify(f).includes('older'), 'the message');
    socket.send({ type: 'unsubscribe', topic });
    await socket.quiet();
  }),
];
