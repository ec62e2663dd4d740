/** `docs/api`: one readable page per service, made from the contracts. */
import { CLOSE_CODES, ERROR_CODES } from '../src/codes.js';
import { GATEWAY_ROUTES, HTTP_ROWS } from '../src/http.js';
import { clientFrames, SUB_PROTOCOL } from '../src/frames.js';
import { streamName } from '../src/subjects.js';
import type { CommandContract, EventContract, QueryContract, SignalContract, ViewContract } from '../src/contract.js';
import type { ServiceContracts } from '../src/services.js';
import { commandAddress, commandName, commandsOf, eventAddress, eventsOf, queriesOf, queryAddress, services, signalAddress, signalsOf, viewAddress, viewQueryAddress, viewsOf } from './contracts.js';
import { fieldsTable } from './fields-table.js';
import { jsonSchemaOf } from './json-schema.js';
import { serverFrames } from './server-frames.js';

const NOTE = '<!-- Generated from proto/src by `npm run contracts`. Do not edit. -->';
const page = (...parts: readonly string[]): string => `${[NOTE, ...parts].filter(p => p !== '').join('\n\n').trimEnd()}\n`;
const code = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;
const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
const address = (text: string): string => text.replace(/\{(\w+)\}/g, '<$1>');
const routesOf = (target: unknown): string[] => HTTP_ROWS.filter(r => r.target === target).map(r => `\`${r.method} ${r.path}\``);

/** `nats request` in the form that a tenant's own client sends. */
const call = (subject: string, example: unknown): string => code('sh', `nats request '${subject.replace('{tenant}', 'acme').replace('{id}', '01jd3x8e2v5y9w4z7q6r1s0tab')}' '${JSON.stringify(example).replaceAll("'", String.raw`'\''`)}'`);

const request = (name: string, c: CommandContract | QueryContract, subject: string): string => [
  `### ${name}`,
  c.summary,
  [`- Subject: \`${address(subject)}\``, ...(routesOf(c).length === 0 ? [] : [`- HTTP: ${routesOf(c).join(', ')}`]), `- Answered within ${c.deadline / 1_000} s`, ...(c.services === true ? ['- Only services may ask'] : []), ...(c.sudo === true ? ['- Asks for a fresh proof of who one is (`AUTH.PROOF_NEEDED`)'] : []), ...(c.errors.length === 0 ? [] : [`- Refusals of its own: ${c.errors.map(e => `\`${e}\``).join(', ')}`])].join('\n'),
  `Input:\n\n${fieldsTable(jsonSchemaOf(c.input))}`,
  `Answer:\n\n${fieldsTable(jsonSchemaOf(c.output))}`,
  call(subject, c.example),
].join('\n\n');

const event = (e: EventContract): string => [`### ${e.type}`, `${e.summary} On \`${address(eventAddress(e))}\`, schema ${e.schema}.`, fieldsTable(jsonSchemaOf(e.data)), Object.keys(e.example as object).length === 0 ? '' : code('json', pretty(e.example))].filter(Boolean).join('\n\n');
const view = (v: ViewContract): string => [
  `### ${v.view}`,
  `${v.summary} Bucket \`${v.service}\`, key \`${address(viewAddress(v))}\`, schema ${v.schema}. Asked by \`${address(viewQueryAddress(v))}\` or \`….all\`.${routesOf(v).length === 0 ? '' : ` HTTP: ${routesOf(v).join(', ')}.`}`,
  fieldsTable(jsonSchemaOf(v.data)),
  code('json', pretty(v.example)),
].join('\n\n');

const signal = (s: SignalContract): string => [`### ${s.aggregate} ${s.what}`, `${s.summary} On \`${address(signalAddress(s))}\`, not stored.`, fieldsTable(jsonSchemaOf(s.data))].join('\n\n');

const section = (title: string, parts: readonly string[]): string => (parts.length === 0 ? '' : `## ${title}\n\n${parts.join('\n\n')}`);

const servicePage = (name: string, s: ServiceContracts): string => page(
  `# ${name}`,
  `Events are in the stream \`${streamName(name)}\`, views in the bucket \`${name}\`. How to call, follow and read is told once in [the overview](README.md).`,
  section('Commands', commandsOf(s).map(c => request(commandName(c), c, commandAddress(c)))),
  section('Queries', queriesOf(s).map(q => request(q.question, q, queryAddress(q)))),
  section('Events', eventsOf(s).map(event)),
  section('Views', viewsOf(s).map(view)),
  section('Signals', signalsOf(s).map(signal)),
);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map(r => `| ${r.join(' | ')} |`)].join('\n');

const overview = (): string => page(
  '# The API',
  'Everything can be reached in three ways that say the same: plain JSON over NATS, HTTP, and the WebSocket. `proto/generated` has it for machines: JSON Schema for each body, `asyncapi.json`, `openapi.json`.',
  services.map(([name, s]) => `- [${name}](${name}.md): ${commandsOf(s).length} commands, ${queriesOf(s).length} queries, ${eventsOf(s).length} events, ${viewsOf(s).length} views`).concat('- [Frames of the WebSocket](websocket.md)').join('\n'),
  '## Calling\n\nA command goes to `cmd.<tenant>.<service>.<aggregate>.<id|new>.<verb>`, a query to `qry.<tenant>.<service>.<question>.<id|all>`; the body is the input as plain JSON, the answer is plain JSON. A write answers `{id, stream, seq}`. A refusal is `{"error": {code, message, retryable, details?}}` with the header `Xanthus-Error: <code>`. The header `Idempotency-Key` (or `Nats-Msg-Id`) makes a repeated command take effect once; send it with whatever makes something new.',
  '## Following\n\nEvents of a thing are on `evt.<tenant>.<service>.<aggregate>.<id>` in the stream of the service; the type is in the envelope (`proto/generated/json-schema/event-envelope.json`). Skip types that you do not know. Views are buckets with keys `<tenant>.<view>.<id>` and values `{schema, seq, time, data}`.',
  `## HTTP\n\nAn answer is \`{"status": "success", "data": …}\` or \`{"status": "error", code, message, correlation_id, details?}\`.\n\n${table(['method', 'path', 'what'], [...HTTP_ROWS.map(r => [r.method, `\`${r.path}\``, r.target.summary]), ...GATEWAY_ROUTES.map(r => [r.method, `\`${r.path}\``, r.summary])])}`,
  `## Codes\n\nA service's own codes have the form \`AREA.REASON\` and stand with each command. These are common to all:\n\n${table(['code', 'HTTP', 'again?', 'meaning'], Object.entries(ERROR_CODES).map(([name, e]) => [`\`${name}\``, String(e.http), e.retryable ? 'yes' : 'no', e.meaning]))}`,
);

const websocket = (): string => page(
  '# Frames of the WebSocket',
  `\`GET /ws\`, sub-protocol \`${SUB_PROTOCOL}\`. A frame is a JSON object with \`op\`; the server may send several in an array. The protocol in prose is [docs/gateway.md](../gateway.md).`,
  section('From the client', Object.entries(clientFrames).map(([op, schema]) => `### ${op}\n\n${fieldsTable(jsonSchemaOf(schema))}`)),
  section('From the server', Object.entries(serverFrames).map(([op, f]) => `### ${op}\n\n${f.summary}\n\n${fieldsTable(jsonSchemaOf(f.schema))}`)),
  `## Close codes\n\nBelow 4500: reconnect and resume. From 4500 on: do not.\n\n${table(['code', 'name'], Object.entries(CLOSE_CODES).map(([name, n]) => [String(n), `\`${name}\``]))}`,
);

export const pageFiles = (): ReadonlyMap<string, string> =>
  new Map([['docs/api/README.md', overview()], ['docs/api/websocket.md', websocket()], ...services.map(([name, s]) => [`docs/api/${name}.md`, servicePage(name, s)] as const)]);
