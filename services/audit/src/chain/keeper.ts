import type { NatsConnection } from '@nats-io/transport-node';
import { chainStart, JetStreamEventStore, kvGet, kvPut, readByLeader, readEvent, stateBucket, type ChainBlock, type ChainEnd, type ChainKeeper, type ChainPosition, type SealedEnd } from '@xanthus/jetstream';
import { newId, type CommandContext } from '@xanthus/kernel';
import { eventSubject, streamName, type AggregateRef } from '@xanthus/proto';
import { chainDecider, chainType, type Block } from './chain.js';

export const AUDIT_STREAM = streamName('audit');
/** The chain of a tenant's events in the stream of a service. */
export const chainRef = (tenant: string, service: string): AggregateRef => ({ tenant, service: 'audit', aggregate: 'chain', id: service });

/** Blocks as events of the chain, the position in the state of this service. */
export const chainKeeper = (nc: NatsConnection, service: string): ChainKeeper => {
  const store = new JetStreamEventStore(nc, 'audit');
  const stream = streamName(service);
  const ends = new Map<string, ChainEnd>();
  const bucket = stateBucket('audit').name;
  const key = `chain.${service}`;
  return {
    stream: AUDIT_STREAM,
    async last(tenant): Promise<SealedEnd | undefined> {
      const message = await readByLeader(nc, AUDIT_STREAM, { last_by_subj: eventSubject(chainRef(tenant, service)) });
      ends.delete(tenant);
      if (message === undefined) return undefined;
      const { seq, hash, total } = readEvent(AUDIT_STREAM, message).data as Block;
      ends.set(tenant, { seq, hash, total });
      return { end: { seq, hash, total }, kept: message.seq };
    },
    async append(tenant, block: ChainBlock, kept) {
      const ref = chainRef(tenant, service);
      const id = newId();
      const context: CommandContext = { tenant, id: ref.id, actor: { kind: 'service', id: 'audit' }, now: new Date().toISOString(), command_id: id, correlation_id: id };
      const events = chainDecider.decide(ends.get(tenant) ?? null, { type: 'Seal', block, empty: chainStart(tenant, stream).hash }, context);
      const { seq } = await store.append(ref, events.map(event => ({ event, schema: chainType.schemas.BlockSealed })), kept, context);
      ends.set(tenant, { seq: block.seq, hash: block.hash, total: block.total });
      return seq;
    },
    position: async () => (await kvGet<ChainPosition>(nc, bucket, key))?.value,
    async move(position) {
      await kvPut(nc, bucket, key, position);
    },
  };
};
