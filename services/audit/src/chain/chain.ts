/** The chain of a tenant's events in one stream, as its sealed blocks say. Pure. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import type { blockSealed } from '@xanthus/proto/audit';

export type Block = DataOf<typeof blockSealed>;
export interface BlockSealed { readonly type: 'BlockSealed'; readonly data: Block }
/** Where the chain ends. */
export interface ChainEnd { readonly seq: number; readonly hash: string; readonly total: number }
/** `empty`: the hash that a chain begins with. */
export interface Seal { readonly type: 'Seal'; readonly block: Block; readonly empty: string }

/** A block continues the chain, or it is none: what was sealed is never sealed again, and nothing between is left out. */
const decide = (end: ChainEnd | null, { block, empty }: Seal): readonly BlockSealed[] => {
  const { seq, hash, total } = end ?? { seq: 0, hash: empty, total: 0 };
  if (block.previous !== hash || block.from_seq <= seq || block.seq < block.from_seq || block.total !== total + block.events) {
    throw new Refusal('AUDIT.NO_CONTINUATION', `The block from ${block.from_seq} to ${block.seq} does not continue the chain of ${block.stream}, which ends at ${seq}.`);
  }
  return [{ type: 'BlockSealed', data: block }];
};

const evolve = (end: ChainEnd | null, event: BlockSealed): ChainEnd | null => {
  if (event.type !== 'BlockSealed') return end;
  const { seq, hash, total } = event.data;
  return { seq, hash, total };
};

export const chainDecider: Decider<ChainEnd | null, Seal, BlockSealed> = { initialState: null, decide, evolve };
export const chainType: AggregateType<ChainEnd | null, Seal, BlockSealed> = { service: 'audit', name: 'chain', decider: chainDecider, schemas: { BlockSealed: 1 } };
