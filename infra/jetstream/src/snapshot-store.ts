import type { NatsConnection } from '@nats-io/transport-node';
import type { AggregateRef } from '@xanthus/proto';
import type { SnapshotStore } from '@xanthus/kernel';
import { stateBucket } from './declarations.js';
import { kvGet, kvPut } from './kv.js';

interface Snapshot { readonly seq: number; readonly schema: number; readonly state: unknown }

/** Snapshots in the bucket `<service>-state`, key `snapshot.<tenant>.<aggregate>.<id>`. The last writer wins: a stale snapshot only makes the tail longer. */
export class KvSnapshotStore implements SnapshotStore {
  readonly #bucket: string;

  constructor(private readonly nc: NatsConnection, service: string) {
    this.#bucket = stateBucket(service).name;
  }

  async get(ref: AggregateRef): Promise<Snapshot | undefined> {
    return (await kvGet<Snapshot>(this.nc, this.#bucket, keyOf(ref)))?.value;
  }

  async put(ref: AggregateRef, snapshot: Snapshot): Promise<void> {
    await kvPut(this.nc, this.#bucket, keyOf(ref), snapshot);
  }
}

const keyOf = ({ tenant, aggregate, id }: AggregateRef): string => `snapshot.${tenant}.${aggregate}.${id}`;
