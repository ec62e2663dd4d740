import { expect, it } from '@jest/globals';
import { MemoryEventStore, type AggregateType, type RecordedEvent } from '@xanthus/kernel';
import { handleAsService, inCourse } from './course.js';

type Counted = { readonly type: 'Counted'; readonly data: Record<string, never> };
const counter: AggregateType<number, null, Counted> = { service: 'vps', name: 'counter', schemas: { Counted: 1 }, decider: { initialState: 0, decide: () => [{ type: 'Counted', data: {} }], evolve: n => n + 1 } };

it('what a service does goes on with the course, however deep in the work, and begins its own outside of it', async () => {
  const on = { store: new MemoryEventStore() };
  const act = async (): Promise<readonly RecordedEvent[]> => { await Promise.resolve(); return (await handleAsService(on, counter, 'acme', 'one', null)).events; };
  const [[inside], [other], [outside]] = await Promise.all([inCourse({ correlation_id: 'the-order', began: 'event-1' }, act), inCourse({ correlation_id: 'another', began: 'event-2' }, act), inCourse(undefined, act)]);
  expect(inside).toMatchObject({ actor: { kind: 'service', id: 'vps' }, correlation_id: 'the-order', command_id: expect.stringMatching(/^step-event-1-[0-9a-z]{26}$/) });
  expect(other).toMatchObject({ correlation_id: 'another', command_id: expect.stringMatching(/^step-event-2-/) });
  expect(outside).toMatchObject({ correlation_id: outside?.command_id });
});

it('a cause that is named counts more', async () => {
  const { events: [event] } = await inCourse({ correlation_id: 'the-order', began: 'event-1' }, () => handleAsService({ store: new MemoryEventStore() }, counter, 'acme', 'one', null, { command_id: 'queue-1', correlation_id: 'its-own' }));
  expect(event).toMatchObject({ command_id: 'queue-1', correlation_id: 'its-own' });
});
