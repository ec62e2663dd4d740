import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import type { blockSealed, chainView } from '@xanthus/proto/audit';

type Chain = DataOf<typeof chainView>;

const fold = (chain: Chain | undefined, event: RecordedEvent): Chain | undefined => {
  if (event.type !== 'BlockSealed') return chain;
  const block = event.data as DataOf<typeof blockSealed>;
  return {
    stream: block.stream, blocks: (chain?.blocks ?? 0) + 1, events: block.total, first_seq: chain?.first_seq ?? block.from_seq, seq: block.seq, first_time: chain?.first_time ?? block.from_time, time: block.time, hash: block.hash,
    sealed_at: event.stored_at, key_id: block.key_id,
  };
};

export const chainsProjection: Projection = keyedProjection<Chain>({
  name: 'chains', version: 1, schema: 1,
  own: { view: 'chains', aggregates: ['chain'] },
  evolve: fold,
});
