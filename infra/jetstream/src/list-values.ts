import type { NatsConnection } from '@nats-io/transport-node';
import { follow } from './follow.js';
import { kvSubject } from './kv.js';
import { bucketStream } from './declarations.js';

interface Stored { readonly key: string; readonly text: string }

/** All present values whose key matches, as of now or a moment later. Any number: read by a consumer, not by a bounded request. */
export const listValues = async (nc: NatsConnection, bucket: string, pattern: string): Promise<Stored[]> => {
  const found = new Map<string, string>();
  const prefix = kvSubject(bucket, '');
  await new Promise<void>((resolve, reject) => {
    const following = follow(nc, {
      stream: bucketStream(bucket), filters: [prefix + pattern], from: 1,
      onMessage(message) {
        const key = message.subject.slice(prefix.length);
        if (message.data.length === 0) found.delete(key);
        else found.set(key, message.string());
      },
      onReset: () => found.clear(),
      onCaughtUp: () => void following.then((follower) => follower.stop()).then(resolve, reject),
      onError: reject,
    });
    following.catch(reject);
  });
  return [...found].map(([key, text]) => ({ key, text }));
};
