import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { JsMsg } from '@nats-io/jetstream';
import { applicationsEventSchemas, applicationsProjections } from '@xanthus/applications';
import { auditEventSchemas, auditProjections } from '@xanthus/audit';
import { authEventSchemas, authProjections } from '@xanthus/auth';
import { dnsEventSchemas, dnsProjections } from '@xanthus/dns';
import { inboxPrefixOf, operatorFiles } from '@xanthus/deploy';
import { bucketStream, connectNats, follow, PARKED_PREFIX, POSITION_KEY, readEvent, resolveViewBucket, Views } from '@xanthus/jetstream';
import type { Position } from '@xanthus/jetstream';
import { upcastEvent } from '@xanthus/kernel';
import type { EventSchemas, Projection, RecordedEvent } from '@xanthus/kernel';
import { streamName } from '@xanthus/proto';
import type { ViewValue } from '@xanthus/proto';
import { notificationsEventSchemas, notificationsProjections } from '@xanthus/notifications';
import { terminalsEventSchemas, terminalsProjections } from '@xanthus/terminals';
import { vpsEventSchemas, vpsProjections } from '@xanthus/vps';

type Nats = Awaited<ReturnType<typeof connectNats>>;
interface Service { name: 'auth' | 'vps' | 'dns' | 'applications' | 'terminals' | 'audit' | 'notifications'; projections: readonly Projection[]; schemas: EventSchemas; /** Views that no event is behind. */ samples: readonly string[] }

const SERVICES: readonly Service[] = [
  { name: 'auth', projections: authProjections, schemas: authEventSchemas, samples: [] },
  { name: 'vps', projections: vpsProjections, schemas: vpsEventSchemas, samples: ['metrics'] },
  { name: 'dns', projections: dnsProjections, schemas: dnsEventSchemas, samples: [] },
  { name: 'applications', projections: applicationsProjections, schemas: applicationsEventSchemas, samples: [] },
  { name: 'terminals', projections: terminalsProjections, schemas: terminalsEventSchemas, samples: [] },
  { name: 'audit', projections: auditProjections, schemas: auditEventSchemas, samples: [] },
  { name: 'notifications', projections: notificationsProjections, schemas: notificationsEventSchemas, samples: [] },
];

export interface Rebuilt {
  /** Every event of the stream, in order. */
  events: readonly RecordedEvent[];
  /** How many keys the view has. */
  keys: number;
  /** `<key>: …` for each key that is not what the events make it; empty if the view is right. */
  differences: readonly string[];
}

/**
 * Folds the stream of each service from event 1, by itself and in memory, and compares with what the live view holds: values, sequences and times.
 * Nothing is written. Nobody should command anything meanwhile; what a service observes by itself does no harm.
 */
export async function compareWithRebuild(o: { dataDir: string; natsUrl: string }): Promise<Record<Service['name'], Rebuilt>> {
  const [auth, vps, dns, applications, terminals, audit, notifications] = await Promise.all(SERVICES.map(service => compareService(o, service)));
  if (!auth || !vps || !dns || !applications || !terminals || !audit || !notifications) throw new TypeError('seven services');
  return { auth, vps, dns, applications, terminals, audit, notifications };
}

async function compareService(o: { dataDir: string; natsUrl: string }, service: Service): Promise<Rebuilt> {
  const credentials = await readFile(operatorFiles(o.dataDir).creds(service.name), 'utf8');
  const nc = await connectNats({ servers: o.natsUrl, credentials, name: `rebuild ${service.name}`, inboxPrefix: inboxPrefixOf(service.name) });
  const views = new Views(nc, service.name);
  try {
    for (let attempt = 1; ; attempt++) {
      const events = await eventsOf(nc, service);
      const head = events.at(-1)?.seq ?? 0;
      await views.waitFor(head, 60_000);
      const stored = await valuesOf(nc, (await resolveViewBucket(nc, service.name)).bucket);
      const position = (stored.get(POSITION_KEY) as Position | undefined)?.seq ?? 0;
      if (position > head && attempt < 10) continue; // an event came meanwhile
      const rebuilt = await fold(service, events);
      return { events, keys: rebuilt.size, differences: [...(position === head ? [] : [`the view stands at event ${position}, the stream at ${head}`]), ...differences(rebuilt, stored, service)] };
    }
  } finally {
    await views.stop();
    await nc.close();
  }
}

async function eventsOf(nc: Nats, { name, schemas }: Service): Promise<RecordedEvent[]> {
  const stream = streamName(name);
  const messages = await readAll(nc, stream, `evt.*.${name}.>`);
  return messages.map(m => upcastEvent(schemas, readEvent(stream, { subject: m.subject, seq: m.seq, time: m.time.toISOString(), data: m.data })));
}

async function valuesOf(nc: Nats, bucket: string): Promise<Map<string, unknown>> {
  const prefix = `$KV.${bucket}.`;
  const found = new Map<string, unknown>();
  for (const m of await readAll(nc, bucketStream(bucket), `${prefix}>`)) {
    const key = m.subject.slice(prefix.length);
    if (m.data.length === 0) found.delete(key);
    else found.set(key, m.json());
  }
  return found;
}

/** Another fold than the projector's: no batches, no cache, no position. */
async function fold({ projections }: Service, events: readonly RecordedEvent[]): Promise<Map<string, ViewValue>> {
  const view = new Map<string, ViewValue>();
  const reader = { get: <T>(key: string): T | undefined => structuredClone(view.get(key)?.data) as T | undefined };
  for (const event of events) {
    for (const projection of projections) {
      for (const change of await projection.project(event, reader)) {
        if ('deleted' in change) view.delete(change.key);
        else view.set(change.key, { schema: projection.schema, seq: event.seq, time: event.stored_at, data: JSON.parse(JSON.stringify(change.value)) as unknown });
      }
    }
  }
  return view;
}

function differences(rebuilt: ReadonlyMap<string, ViewValue>, stored: ReadonlyMap<string, unknown>, { samples }: Service): string[] {
  const found: string[] = [];
  for (const [key, value] of rebuilt) {
    if (!isDeepStrictEqual(stored.get(key), value)) found.push(`${key}: is ${JSON.stringify(stored.get(key))}, rebuilt ${JSON.stringify(value)}`);
  }
  for (const [key, value] of stored) {
    if (key === POSITION_KEY || rebuilt.has(key) || samples.includes(key.split('.')[1] ?? '')) continue;
    found.push(key.startsWith(PARKED_PREFIX) ? `${key}: parked, ${JSON.stringify(value)}` : `${key}: is there, but no event made it`);
  }
  return found;
}

const readAll = (nc: Nats, stream: string, filter: string): Promise<JsMsg[]> => new Promise((resolve, reject) => {
  const messages: JsMsg[] = [];
  const following = follow(nc, {
    stream, filters: [filter], from: 1,
    onMessage: (message) => { messages.push(message); },
    onCaughtUp: () => void following.then(f => f.stop()).then(() => resolve(messages), reject),
    onError: reject,
  });
  following.catch(reject);
});
