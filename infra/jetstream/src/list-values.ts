import type { NatsConnection } from '@nats-io/transport-node';
import { bucketStream } from './declarations.js';
import { endOf, type End } from './end-of.js';
import { follow } from './follow.js';
import { kvSubject } from './kv.js';
import type { Stoppable } from './types.js';

interface Stored { readonly key: string; readonly text: string }

/** All present values whose key matches, as of now or a moment later. Any number: read by a consumer, not by a bounded request. */
export const listValues = async (nc: NatsConnection, bucket: string, pattern: string): Promise<Stored[]> => {
  const found = new Map<string, string>();
  const prefix = kvSubject(bucket, '');
  const [stream, filters] = [bucketStream(bucket), [prefix + pattern]];
  let [following, ending]: [Promise<Stoppable>?, End?] = [];
  const outcome = new Promise<void>((resolve, reject) => {
    const end = ending = endOf(nc, { stream, filters, reached: resolve, failed: reject });
    following = follow(nc, {
      stream, filters, from: 1,
      onMessage(message) {
        const key = message.subject.slice(prefix.length);
        if (message.data.length === 0) found.delete(key);
        else found.set(key, message.string());
        end.passed(message.seq);
      },
      onReset: () => {
        found.clear();
        end.restart();
      },
      onCaughtUp: end.caughtUp,
      onError: reject,
    });
    following.catch(reject);
  });
  await outcome.finally(async () => {
    ending?.stop();
    await (await following)?.stop();
  });
  return [...found].map(([key, text]) => ({ key, text }));
};
