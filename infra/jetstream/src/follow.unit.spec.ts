import { expect, it } from '@jest/globals';
import type { ConsumerMessages } from '@nats-io/jetstream';
import { endOnDoubt } from './follow.js';

type Event = { readonly type: string; readonly count?: number };

/** @returns how many of the events were heard until it was given up; undefined: it was not */
const givenUpAfter = async (...events: readonly Event[]): Promise<number | undefined> => {
  let [heard, stopped]: [number, number?] = [0];
  const status = async function* () {
    for (const event of events) {
      heard++;
      yield event;
    }
  };
  await endOnDoubt({ status, stop: () => { stopped = heard; } } as unknown as ConsumerMessages);
  return stopped;
};
const missed = (count: number): Event => ({ type: 'heartbeats_missed', count });

it('gives a consumer up that is in doubt, or stays silent although the client asked for it', async () => {
  expect(await givenUpAfter({ type: 'heartbeat' }, { type: 'consumer_deleted' }, { type: 'next' })).toBe(2);
  expect(await givenUpAfter(missed(2), missed(3), { type: 'next' }, missed(2))).toBeUndefined();
  expect(await givenUpAfter(missed(2), missed(3), missed(4), missed(5))).toBe(3);
});
