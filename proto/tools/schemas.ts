/** One JSON Schema file per body. */
import { eventEnvelope } from '../src/envelope.js';
import { clientFrames } from '../src/frames.js';
import type { EventContract, ViewContract } from '../src/contract.js';
import { commandName, commandsOf, eventsOf, queriesOf, services, signalsOf, viewsOf } from './contracts.js';
import { jsonSchemaOf, schemaDocument } from './json-schema.js';
import { serverFrames } from './server-frames.js';
import { json } from './text.js';

const FOLDER = 'proto/generated/json-schema';
export const eventSchemaPath = (e: EventContract, schema = e.schema): string => `${FOLDER}/${e.service}/events/${e.type}.v${schema}.json`;
export const viewSchemaPath = (v: ViewContract, schema = v.schema): string => `${FOLDER}/${v.service}/views/${v.view}.v${schema}.json`;

export const schemaFiles = (): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  const add = (path: string, title: string, summary: string, schema: Parameters<typeof jsonSchemaOf>[0]): void => void files.set(path, json(schemaDocument(title, summary, jsonSchemaOf(schema))));
  add(`${FOLDER}/event-envelope.json`, 'Event envelope', 'Around the data of every stored event.', eventEnvelope);
  for (const [service, s] of services) {
    for (const c of commandsOf(s)) {
      add(`${FOLDER}/${service}/commands/${commandName(c)}.input.json`, `${service} ${commandName(c)}: input`, c.summary, c.input);
      add(`${FOLDER}/${service}/commands/${commandName(c)}.output.json`, `${service} ${commandName(c)}: answer`, c.summary, c.output);
    }
    for (const q of queriesOf(s)) {
      add(`${FOLDER}/${service}/queries/${q.question}.input.json`, `${service} ${q.question}: input`, q.summary, q.input);
      add(`${FOLDER}/${service}/queries/${q.question}.output.json`, `${service} ${q.question}: answer`, q.summary, q.output);
    }
    for (const e of eventsOf(s)) add(eventSchemaPath(e), `${e.type} v${e.schema}`, e.summary, e.data);
    for (const signal of signalsOf(s)) add(`${FOLDER}/${service}/signals/${signal.aggregate}.${signal.what}.json`, `${service} ${signal.aggregate} ${signal.what}`, signal.summary, signal.data);
    for (const v of viewsOf(s)) add(viewSchemaPath(v), `${service} ${v.view} v${v.schema}`, v.summary, v.data);
  }
  for (const [op, schema] of Object.entries(clientFrames)) add(`${FOLDER}/frames/client.${op}.json`, `Frame ${op}`, 'What a client may send.', schema);
  for (const [op, { schema, summary }] of Object.entries(serverFrames)) add(`${FOLDER}/frames/server.${op}.json`, `Frame ${op}`, summary, schema);
  return files;
};
