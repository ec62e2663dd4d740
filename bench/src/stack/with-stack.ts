import { connect, type Client } from '@xanthus/client';
import { startNats, type TestNats } from '@xanthus/testing';
import { WebSocket } from 'ws';
import { profileChild } from '../profile.js';
import { startChild } from './child.js';
import type { RawStack, XanthusStack } from './contracts.js';
import { connectRaw, type RawClient } from './raw-client.js';

export interface Stack {
  readonly nats: TestNats;
  /** One more connection of the SDK. */
  client(): Promise<Client>;
  raw(): Promise<RawClient>;
  /** What gateway and service do while this runs. */
  profile<T>(run: () => Promise<T>): Promise<{ result: T; text: string }>;
}

/** nats-server, our gateway with one service, and the same hops without us: three processes beside this one. */
export const withStack = async <T>(sync: 'always' | undefined, run: (stack: Stack) => Promise<T>): Promise<T> => {
  const ends: (() => unknown)[] = [];
  try {
    const nats = await startNats(sync === undefined ? {} : { sync });
    ends.push(() => nats.stop());
    const ours = await startChild<XanthusStack>('serve-xanthus', nats.url);
    ends.push(() => ours.stop());
    const plain = await startChild<RawStack>('serve-raw', nats.url);
    ends.push(() => plain.stop());
    return await run({
      nats,
      profile: run => profileChild(ours.process, run),
      client: async () => {
        const client = await connect({ ...ours.told, WebSocket, timeout: 10_000 });
        ends.push(() => client.close());
        return client;
      },
      raw: async () => {
        const client = await connectRaw(plain.told.url);
        ends.push(() => client.close());
        return client;
      },
    });
  } finally {
    for (const end of ends.toReversed()) await end();
  }
};
