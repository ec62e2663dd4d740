import type { NatsConnection } from '@nats-io/transport-node';
import { dropBlob, storeBlob } from '@xanthus/jetstream';
import type { BlobReference } from '@xanthus/proto';
import type { Exceeded, Quotas } from '../connection/quotas.js';
import { problem, Refused } from '../protocol/problem.js';

/** Inputs that one gateway takes at a time: each may have 8 MiB. */
const UPLOADS_AT_ONCE = 16;

export interface Held { readonly reference: BlobReference; /** Nobody will ask for it again. */ drop(): Promise<void> }

/** Inputs that are too large for a message. What waits for its command counts against its tenant until it is over, or for an hour. */
export class Blobs {
  private uploads = 0;

  constructor(private readonly nc: NatsConnection, private readonly quotas: Pick<Quotas, 'blob' | 'blobGone'>, private readonly onLimit: (limit: string) => void) {}

  /** Reads and keeps an input for one command of a tenant's. Rights were checked. @throws Refused RATE_LIMITED, UNAVAILABLE */
  async store(tenant: string, subject: string, read: () => Promise<Uint8Array> | Uint8Array): Promise<Held> {
    if (this.uploads >= UPLOADS_AT_ONCE) throw this.refused({ limit: 'uploads_at_once', max: UPLOADS_AT_ONCE });
    this.uploads++;
    try {
      const input = await read();
      const exceeded = this.quotas.blob(tenant, input.byteLength);
      if (exceeded !== undefined) throw this.refused(exceeded);
      const reference = await this.keep(subject, input).catch((error: unknown) => {
        this.quotas.blobGone(tenant, input.byteLength);
        throw error;
      });
      return {
        reference, drop: async () => {
          await dropBlob(this.nc, subject, reference);
          this.quotas.blobGone(tenant, input.byteLength);
        },
      };
    } finally {
      this.uploads--;
    }
  }

  private async keep(subject: string, input: Uint8Array): Promise<BlobReference> {
    try {
      return await storeBlob(this.nc, subject, input);
    } catch {
      throw new Refused(problem('UNAVAILABLE', 'A large input cannot be kept now; nothing was sent. Try again in a moment.'));
    }
  }

  private refused(exceeded: Exceeded | { readonly limit: string; readonly max: number }): Refused {
    this.onLimit(exceeded.limit);
    return new Refused(problem('RATE_LIMITED', undefined, exceeded));
  }
}
