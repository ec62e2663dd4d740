/** AsyncAPI 3: what goes over NATS and over the WebSocket. */
import { eventEnvelope } from '../src/envelope.js';
import { clientFrames, SUB_PROTOCOL } from '../src/frames.js';
import { HEADERS } from '../src/identity.js';
import { streamName } from '../src/subjects.js';
import type { CommandContract, EventContract, QueryContract, SignalContract, ViewContract } from '../src/contract.js';
import { commandAddress, commandName, commandsOf, eventAddress, eventsOf, queriesOf, queryAddress, services, signalAddress, signalsOf, viewAddress, viewsOf } from './contracts.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.js';
import { problemSchema } from './problem-schema.js';
import { serverFrames } from './server-frames.js';

type Part = Record<string, unknown>;
interface Document { readonly channels: Record<string, Part>; readonly operations: Record<string, Part>; readonly messages: Record<string, Part> }

const PARAMETERS: Record<string, Part> = {
  tenant: { description: 'Slug of the tenant.', examples: ['acme'] },
  id: { description: 'Id of the thing, a lower-case ULID.', examples: ['01jd3x8e2v5y9w4z7q6r1s0tab'] },
};

const parametersOf = (address: string): Part => {
  const names = [...address.matchAll(/\{(\w+)\}/g)].map(m => m[1] ?? '');
  return names.length === 0 ? {} : { parameters: Object.fromEntries(names.map(n => [n, { $ref: `#/components/parameters/${n}` }])) };
};

const message = (to: Document, name: string, summary: string, payload: JsonSchema, example?: unknown): Part => {
  to.messages[name] = { name, summary, contentType: 'application/json', payload, ...(example === undefined ? {} : { examples: [{ payload: example }] }) };
  return { $ref: `#/components/messages/${name}` };
};

const request = (to: Document, c: CommandContract | QueryContract, name: string, address: string): void => {
  const title = `${c.service}.${name}`;
  to.channels[title] = { address, title: `${c.service}: ${name}`, servers: [{ $ref: '#/servers/nats' }], ...parametersOf(address), messages: { request: message(to, `${title}.request`, c.summary, jsonSchemaOf(c.input), c.example) } };
  to.channels[`${title}.reply`] = { address: null, title: `${c.service}: answer to ${name}`, servers: [{ $ref: '#/servers/nats' }], messages: { answer: message(to, `${title}.answer`, 'What is answered.', jsonSchemaOf(c.output)), refusal: { $ref: '#/components/messages/refusal' } } };
  to.operations[title] = {
    action: 'receive', channel: { $ref: `#/channels/${title}` }, summary: c.summary,
    description: [`Answered within ${c.deadline} ms.`, c.sudo === true ? 'Asks for a fresh proof of who one is (AUTH.PROOF_NEEDED).' : '', c.errors.length === 0 ? '' : `Refusals of its own: ${c.errors.join(', ')}.`].filter(Boolean).join(' '),
    messages: [{ $ref: `#/channels/${title}/messages/request` }],
    reply: { address: { location: '$message.header#/reply', description: 'The reply subject of the request.' }, channel: { $ref: `#/channels/${title}.reply` }, messages: [{ $ref: `#/channels/${title}.reply/messages/answer` }, { $ref: `#/channels/${title}.reply/messages/refusal` }] },
  };
};

const eventChannel = (to: Document, service: string, aggregate: string, events: readonly EventContract[]): void => {
  const first = events[0];
  if (first === undefined) return;
  const name = `${service}.${aggregate}.events`;
  const address = eventAddress(first);
  const payload = (e: EventContract): JsonSchema => ({ allOf: [{ $ref: '#/components/schemas/EventEnvelope' }, { type: 'object', properties: { type: { const: e.type }, schema: { const: e.schema }, data: jsonSchemaOf(e.data) } }] });
  to.channels[name] = {
    address, title: `${service}: events of ${aggregate}`, description: `Stored in the stream ${streamName(service)}, oldest first, for ever.`, servers: [{ $ref: '#/servers/nats' }], ...parametersOf(address),
    messages: Object.fromEntries(events.map(e => [e.type, message(to, `${service}.event.${e.type}`, e.summary, payload(e))])),
  };
  to.operations[name] = { action: 'send', channel: { $ref: `#/channels/${name}` }, summary: `Everything that happened to ${aggregate}.` };
};

const viewChannel = (to: Document, v: ViewContract): void => {
  const name = `${v.service}.view.${v.view}`;
  const payload: JsonSchema = { type: 'object', properties: { schema: { const: v.schema }, seq: { type: 'integer' }, time: { type: 'string', format: 'date-time' }, data: jsonSchemaOf(v.data) }, required: ['schema', 'seq', 'time', 'data'] };
  const address = viewAddress(v);
  to.channels[name] = {
    address, title: `${v.service}: view ${v.view}`, description: `Key in the bucket \`${v.service}\`. \`seq\` is the stream sequence of the last event folded into the value.`, servers: [{ $ref: '#/servers/nats' }], ...parametersOf(address),
    messages: { value: message(to, `${name}.value`, v.summary, payload) },
  };
  to.operations[name] = { action: 'send', channel: { $ref: `#/channels/${name}` }, summary: v.summary };
};

const signalChannel = (to: Document, s: SignalContract): void => {
  const name = `${s.service}.signal.${s.aggregate}.${s.what}`;
  const address = signalAddress(s);
  to.channels[name] = {
    address, title: `${s.service}: signal ${s.what} of ${s.aggregate}`, description: 'Not stored: who does not listen now never hears it.', servers: [{ $ref: '#/servers/nats' }], ...parametersOf(address),
    messages: { signal: message(to, name, s.summary, jsonSchemaOf(s.data), s.example) },
  };
  to.operations[name] = { action: 'send', channel: { $ref: `#/channels/${name}` }, summary: s.summary };
};

const frames = (to: Document): void => {
  const clients = Object.entries(clientFrames).map(([op, schema]) => [`client-${op}`, message(to, `frame.client.${op}`, `A client sends ${op}.`, jsonSchemaOf(schema))] as const);
  const servers = Object.entries(serverFrames).map(([op, f]) => [`server-${op}`, message(to, `frame.server.${op}`, f.summary, jsonSchemaOf(f.schema))] as const);
  to.channels['websocket'] = { address: '/ws', title: 'WebSocket', description: `Sub-protocol \`${SUB_PROTOCOL}\`. A text frame is one frame or, from the server, an array of them.`, servers: [{ $ref: '#/servers/gateway' }], messages: Object.fromEntries([...clients, ...servers]) };
  const refs = (names: readonly (readonly [string, Part])[]): Part[] => names.map(([n]) => ({ $ref: `#/channels/websocket/messages/${n}` }));
  to.operations['websocket.client'] = { action: 'receive', channel: { $ref: '#/channels/websocket' }, summary: 'What a client may send.', messages: refs(clients) };
  to.operations['websocket.server'] = { action: 'send', channel: { $ref: '#/channels/websocket' }, summary: 'What the server sends.', messages: refs(servers) };
};

export const asyncApi = (version: string): JsonSchema => {
  const to: Document = { channels: {}, operations: {}, messages: {} };
  message(to, 'refusal', `Answered instead of the answer, with the header ${HEADERS.ERROR}.`, { type: 'object', properties: { error: problemSchema }, required: ['error'] });
  for (const [service, s] of services) {
    for (const c of commandsOf(s)) request(to, c, commandName(c), commandAddress(c));
    for (const q of queriesOf(s)) request(to, q, `query.${q.question}`, queryAddress(q));
    for (const aggregate of new Set(eventsOf(s).map(e => e.aggregate))) eventChannel(to, service, aggregate, eventsOf(s).filter(e => e.aggregate === aggregate));
    for (const v of viewsOf(s)) viewChannel(to, v);
    for (const signal of signalsOf(s)) signalChannel(to, signal);
  }
  frames(to);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Xanthus', version, description: 'Commands, queries, events and views over NATS, and the frames of the WebSocket. Plain JSON. Generated from the contracts in `proto`.', license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: '127.0.0.1:4222', protocol: 'nats', description: 'With a credential of the tenant.' },
      gateway: { host: '127.0.0.1:7700', protocol: 'ws', description: 'With a session cookie or a bearer token.' },
    },
    channels: to.channels,
    operations: to.operations,
    components: { parameters: PARAMETERS, messages: to.messages, schemas: { EventEnvelope: jsonSchemaOf(eventEnvelope), Problem: problemSchema } },
  };
};
