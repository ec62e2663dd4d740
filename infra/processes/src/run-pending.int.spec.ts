/** What an internal view of a real bucket names is worked on: begun, begun anew by another wish, ended when it goes, and found again by whoever comes after a kill. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats, declarationsOf, JetStreamEventStore, provision, sharedDeclarations, Views } from '@xanthus/jetstream';
import { eventually, startNats } from '@xanthus/testing';
import { currentCourse, type Course } from './course.js';
import { pause } from './pause.js';
import { runPending } from './run-pending.js';
import type { Pending } from './supervisor.js';

let nats: Awaited<ReturnType<typeof startNats>>;
let nc: NatsConnection;
let views: Views;
beforeAll(async () => {
  nats = await startNats();
  nc = await connectNats({ servers: nats.url, name: 'spec' });
  await provision(nc, [sharedDeclarations(), declarationsOf('dns')], { replicas: 1 });
  views = new Views(nc, 'dns');
});
afterAll(async () => {
  await views?.stop();
  await nc?.close();
  await nats?.stop();
});

const keyOf = (id: string): string => `_work.acme.${id}`;
const put = (id: string, wish: number, rest: Partial<Pending> = {}): Promise<void> => views.putSample(keyOf(id), { tenant: 'acme', id, wish, ...rest });

/** A runner whose work tells that it began and that it was ended. */
const start = () => {
  const told: string[] = [];
  const stop = new AbortController();
  const done = runPending(nc, {
    service: 'dns', filters: ['_work.>'], log: { warn: () => undefined, error: () => undefined }, pause,
    work: async ({ id, wish }, until) => {
      told.push(`begins ${id} ${wish}`);
      await new Promise<void>((resolve) => { until.addEventListener('abort', () => resolve(), { once: true }); });
      told.push(`ends ${id} ${wish}`);
    },
  }, stop.signal);
  return { told, heard: (...all: string[]) => eventually(() => all.every(one => told.includes(one))), stop: async () => { stop.abort(); await done; } };
};

it('works on what there is, as its newest wish has it, until it goes', async () => {
  await put('a', 1);
  const one = start();
  await one.heard('begins a 1');
  await put('b', 2);
  await put('a', 3);
  await one.heard('ends a 1', 'begins a 3', 'begins b 2');
  await views.putSample(keyOf('b'), undefined);
  await one.heard('ends b 2');
  await put('a', 3, { resting: true });
  await one.heard('ends a 3');
  await put('a', 4);
  await one.heard('begins a 4');
  await one.stop();
  expect(one.told.at(-1)).toBe('ends a 4');
  expect(one.told.indexOf('ends a 1')).toBeLessThan(one.told.indexOf('begins a 3'));
});

it('is gone on with by the next one', async () => {
  const next = start();
  await next.heard('begins a 4');
  await next.stop();
  expect(next.told).toEqual(['begins a 4', 'ends a 4']);
});

it('belongs to the course of the event that wished it', async () => {
  const store = new JetStreamEventStore(nc, 'dns');
  const { events: [wished] } = await store.append(
    { tenant: 'acme', service: 'dns', aggregate: 'plan', id: 'p' }, [{ event: { type: 'PlanApplyStarted', data: {} }, schema: 1 }], 0,
    { tenant: 'acme', id: 'p', actor: { kind: 'person', id: 'ada' }, now: new Date().toISOString(), command_id: 'apply', correlation_id: 'the-deployment' },
  );
  const stop = new AbortController();
  const courses: (Course | undefined)[] = [];
  await views.putSample('_courses.acme.p', { tenant: 'acme', id: 'p', wish: wished?.seq });
  const done = runPending(nc, {
    service: 'dns', filters: ['_courses.>'], log: { warn: () => undefined, error: () => undefined }, pause,
    work: async () => { courses.push(currentCourse()); },
  }, stop.signal);
  await eventually(() => courses.length > 0);
  expect(courses).toEqual([{ correlation_id: 'the-deployment', began: wished?.id }]);
  stop.abort();
  await done;
});
