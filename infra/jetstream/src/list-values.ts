import type { NatsConnection } from '@nats-io/transport-node';
import { follow } from './follow.js';
import { kvSubject } from './kv.js';
import { bucketStream } from './declarations.js';
import { lastSequence } from './series.js';

interface Stored { readonly key: string; readonly text: string }

/** How often the end is looked for again while others go on writing, and how long it is waited for each time (ms): what was last may expire before it comes. */
const LOOKS = 20;
const PATIENCE = 1_000;

/**
 * All present values whose key matches, as of now or a moment later. Any number: read by a consumer, not by a bounded request.
 * A value that is replaced before it is delivered moves to the end, and the server may say too early that nothing is pending: so the end is where the stream itself says that it is.
 */
export const listValues = async (nc: NatsConnection, bucket: string, pattern: string): Promise<Stored[]> => {
  const found = new Map<string, string>();
  const prefix = kvSubject(bucket, '');
  const stream = bucketStream(bucket);
  const filter = prefix + pattern;
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    let [position, wanted, looks] = [0, Number.POSITIVE_INFINITY, 0];
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      wanted = Number.POSITIVE_INFINITY;
      const last = await lastSequence(nc, stream, filter);
      if (position >= last || ++looks > LOOKS) return void following.then(follower => follower.stop()).then(resolve, reject);
      wanted = last;
      timer = setTimeout(() => void look().catch(reject), PATIENCE);
    };
    const following = follow(nc, {
      stream, filters: [filter], from: 1,
      onMessage(message) {
        const key = message.subject.slice(prefix.length);
        if (message.data.length === 0) found.delete(key);
        else found.set(key, message.string());
        position = message.seq;
        return position >= wanted ? look() : undefined;
      },
      onReset: () => {
        found.clear();
        position = 0;
      },
      onCaughtUp: look,
      onError: reject,
    });
    following.catch(reject);
  }).finally(() => clearTimeout(timer));
  return [...found].map(([key, text]) => ({ key, text }));
};
