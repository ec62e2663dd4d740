import type { NatsConnection } from '@nats-io/transport-node';
import { resolveViewBucket, watchViewBucket, type Stoppable } from '@xanthus/jetstream';
import { SERVICES } from '@xanthus/proto';
import { problem, Refused } from '../protocol/problem.js';
import { BucketMirror } from './bucket-mirror.js';

interface Log { warn(fields: object, text: string): void }

/** How long a first snapshot of a bucket may take, ms. */
const PATIENCE = 10_000;
const RETRY_MS = 500;

/** One mirror per bucket, made when it is first needed and kept: buckets hold what people look at. */
export class Buckets {
  private readonly mirrors = new Map<string, { readonly mirror: BucketMirror; readonly watch: Promise<Stoppable> }>();

  constructor(private readonly nc: NatsConnection, private readonly log: Log) {}

  /** A complete mirror. @throws Refused NOT_FOUND, UNAVAILABLE or TOO_LARGE */
  async mirror(bucket: string): Promise<BucketMirror> {
    if (!Object.hasOwn(SERVICES, bucket)) throw new Refused(problem('NOT_FOUND', 'There is no such bucket.'));
    const { mirror, watch } = this.mirrors.get(bucket) ?? this.open(bucket);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Refused(problem('UNAVAILABLE', 'The bucket cannot be read now.'))), PATIENCE);
    });
    try {
      await Promise.race([watch.then(() => mirror.ready()), late]);
    } catch (error) {
      throw error instanceof Refused ? error : new Refused(problem('UNAVAILABLE', 'The bucket cannot be read now.'));
    } finally {
      clearTimeout(timer);
    }
    if (mirror.oversize) throw new Refused(problem('TOO_LARGE', 'The bucket is too large to be followed here.'));
    return mirror;
  }

  all(): BucketMirror[] {
    return [...this.mirrors.values()].map(m => m.mirror);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.mirrors.values()].map(({ watch }) => watch.then(w => w.stop(), () => undefined)));
    this.mirrors.clear();
  }

  private open(bucket: string): { mirror: BucketMirror; watch: Promise<Stoppable> } {
    const mirror = new BucketMirror(bucket);
    let incarnation = 0;
    const sync = (revision: number, current: number): void => {
      resolveViewBucket(this.nc, bucket).then(
        ({ epoch }) => (current === incarnation ? mirror.sync(revision, epoch) : undefined),
        (error: unknown) => {
          this.log.warn({ bucket, err: error }, 'the incarnation of a bucket is not known yet');
          setTimeout(() => current === incarnation && sync(revision, current), RETRY_MS).unref();
        },
      );
    };
    const watch = watchViewBucket(this.nc, bucket, {
      filters: ['>'],
      onEntry: entry => mirror.entry(entry),
      onSync: revision => sync(revision, incarnation),
      onReset: () => {
        incarnation++;
        mirror.reset();
      },
    });
    watch.catch((error: unknown) => {
      this.log.warn({ bucket, err: error }, 'a bucket cannot be followed');
      this.mirrors.delete(bucket);
    });
    const opened = { mirror, watch };
    this.mirrors.set(bucket, opened);
    return opened;
  }
}
