/** What earlier events said of things, kept beside the views: names, and the devices of persons. */
import { kvGet, kvPut, purgeSubjects, stateBucket, bucketStream } from '@xanthus/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RecordedEvent } from '@xanthus/kernel';
import type { Known } from '../rules/rule.js';

const BUCKET = stateBucket('notifications').name;
/** Aggregates that are about another one, and have its id. */
const ABOUT: Readonly<Record<string, string>> = { alert: 'server', drift: 'server', domain: 'zone', certificate: 'zone', delivery: 'channel' };
const MOST_DEVICES = 50;

const nameKey = ({ tenant, aggregate: { service, name, id } }: RecordedEvent): string => `name.${tenant}.${service}.${ABOUT[name] ?? name}.${id}`;
const devicesKey = (person: string): string => `devices.${person}`;
const personOf = (event: RecordedEvent): string | undefined => (event.type === 'SessionOpened' && event.aggregate.service === 'auth' ? (event.data as { person: string }).person : undefined);

export const readKnown = async (nc: NatsConnection, event: RecordedEvent): Promise<Known> => {
  const person = personOf(event);
  const [name, devices] = await Promise.all([kvGet<{ name: string }>(nc, BUCKET, nameKey(event)), person === undefined ? undefined : kvGet<{ devices: string[] }>(nc, BUCKET, devicesKey(person))]);
  return { name: name?.value?.name, devices: devices?.value?.devices };
};

export const keepName = async (nc: NatsConnection, event: RecordedEvent, name: string): Promise<void> => {
  await kvPut(nc, BUCKET, nameKey(event), { name: name.slice(0, 256) });
};

/** After it was told. */
export const keepDevice = async (nc: NatsConnection, event: RecordedEvent, { devices = [] }: Known): Promise<void> => {
  const person = personOf(event);
  if (person === undefined) return;
  const { device } = event.data as { device: string };
  if (!devices.includes(device)) await kvPut(nc, BUCKET, devicesKey(person), { devices: [...devices, device].slice(-MOST_DEVICES) });
};

export const forgetNames = (nc: NatsConnection, tenant: string): Promise<unknown> => purgeSubjects(nc, bucketStream(BUCKET), `$KV.${BUCKET}.name.${tenant}.>`);
