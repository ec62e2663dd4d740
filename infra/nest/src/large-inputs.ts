import type { NatsConnection } from '@nats-io/transport-node';
import { BlobLost, openBlob } from '@xanthus/jetstream';
import { Refusal } from '@xanthus/kernel';
import { BLOB_BYTES, blobReference } from '@xanthus/proto';
import { refuse } from './problem.js';
import { parseBody } from './request.js';

/** Uploaded inputs that a service holds at a time: each may have 8 MiB. */
const MAX_LARGE_INPUTS = 16;
const LOST = 'The uploaded input is not there (it waits an hour), was uploaded for another command, or is not what was uploaded. Upload it again.';

/** The body of a request, be it in the message or uploaded before. */
export interface LargeInputs {
  /** Calls `use` with the body that `data` is or names; `inline`: most bytes in the message. @throws Refusal INVALID, TOO_LARGE, RATE_LIMITED */
  with<T>(subject: string, data: Uint8Array, use: (body: unknown) => Promise<T>, inline?: number): Promise<T>;
}

export const largeInputs = (nc: NatsConnection, most = MAX_LARGE_INPUTS): LargeInputs => {
  let held = 0;
  return {
    with: async (subject, data, use, inline) => {
      const body = parseBody(data, inline);
      const reference = blobReference(body);
      if (reference === undefined) return use(body);
      if (held >= most) throw refuse('RATE_LIMITED', `${most} large inputs are being read already; try again in a moment.`, { limit: 'large_inputs', max: most });
      held++;
      try {
        return await use(parseBody(await openBlob(nc, subject, reference), BLOB_BYTES));
      } catch (error) {
        throw error instanceof BlobLost ? new Refusal('INVALID', LOST, { paths: [{ path: 'blob', message: LOST }] }) : error;
      } finally {
        held--;
      }
    },
  };
};
