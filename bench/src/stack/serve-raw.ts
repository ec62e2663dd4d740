/** Child of a benchmark: the same hops with the plain libraries: WebSocket → request → append with expectation → reply → WebSocket. */
import type { AddressInfo } from 'node:net';
import { jetstream } from '@nats-io/jetstream';
import { connect, type Msg } from '@nats-io/transport-node';
import { buildEnvelope, newId } from '@xanthus/kernel';
import { eventSubject } from '@xanthus/proto';
import { WebSocketServer } from 'ws';
import { contextFor, counted, refOf } from '../counter.js';
import type { RawStack } from './contracts.js';

const servers = process.argv[2] ?? '';
process.once('disconnect', () => process.exit(0));

// Two connections, as a gateway and a service have them.
const [door, service] = await Promise.all([connect({ servers }), connect({ servers })]);
const js = jetstream(service);
/** Of the size of ours; making it is not the plain client's work. */
const body = JSON.stringify(buildEnvelope(refOf('x'), counted, contextFor('x')));
const create = async (message: Msg): Promise<void> => {
  const id = newId();
  const { stream, seq } = await js.publish(eventSubject(refOf(id)), body, { expect: { lastSubjectSequence: 0 } });
  message.respond(JSON.stringify({ id, stream, seq }));
};
service.subscribe('raw.create', { queue: 'raw', callback: (_, message) => void create(message) });

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', socket => {
  socket.on('message', async data => {
    const { inbox, data: input } = JSON.parse(String(data)) as { inbox: string; data: unknown };
    const answer = await door.request('raw.create', JSON.stringify(input), { timeout: 5_000 });
    socket.send(`{"op":"reply","inbox":${JSON.stringify(inbox)},"data":${answer.string()}}`);
  });
});
server.once('listening', () => process.send?.({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` } satisfies RawStack));
