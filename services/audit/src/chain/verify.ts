import type { NatsConnection } from '@nats-io/transport-node';
import { checkBlock, checkEvents, ChainLink, chainStart, endOfBlock, parseStoredTime, readPage, type ChainBlock, type ChainEnd } from '@xanthus/jetstream';
import { Refusal } from '@xanthus/kernel';
import { streamName, type OutputOf } from '@xanthus/proto';
import type { AuditProblem, auditVerify } from '@xanthus/proto/audit';
import type { KeyObject } from 'node:crypto';
import type { BlockIndex } from './block-index.js';

const PAGE = 1_000;
const PAGE_BYTES = 8 * 1024 * 1024;
/** A replica may lag behind what is sealed: what seems to be missing is looked for again, so often, so long apart (ms). */
const LOOKS = 4;
const PAUSE = 300;
/** A question is answered in time: after so long (ms) with what there is, and whoever asks goes on from there. */
const LONG_ENOUGH = 10_000;

export interface Verifying { readonly nc: NatsConnection; readonly index: BlockIndex; readonly keys: ReadonlyMap<string, KeyObject> }

/** @see auditVerify @throws Refusal AUDIT.NO_SUCH_BLOCK */
export const verifyChain = async ({ nc, index, keys }: Verifying, tenant: string, service: string, after: number, most: number): Promise<OutputOf<typeof auditVerify>> => {
  const found = await index.blocks(tenant, service, after, most);
  if (found === undefined) throw new Refusal('AUDIT.NO_SUCH_BLOCK', `No block of ${streamName(service)} ends at ${after}. Begin with 0, or go on with verified_to of the answer before.`);
  let end = found.before === undefined ? chainStart(tenant, streamName(service)) : endOfBlock(found.before);
  let [events, blocks] = [0, 0];
  const began = performance.now();
  for (const block of found.blocks) {
    if (blocks > 0 && performance.now() - began > LONG_ENOUGH) return { verified_to: end.seq, events, blocks, done: false };
    const problem = checkBlock(tenant, end, block, keys) ?? await compare(nc, tenant, service, end, block);
    if (problem !== undefined) return { verified_to: end.seq, events, blocks, done: true, problem };
    end = endOfBlock(block);
    events += block.events;
    blocks++;
  }
  return { verified_to: end.seq, events, blocks, done: found.blocks.length < most };
};

const compare = async (nc: NatsConnection, tenant: string, service: string, end: ChainEnd, block: ChainBlock): Promise<AuditProblem | undefined> => {
  for (let look = 1; ; look++) {
    const problem = checkEvents(await linkOf(nc, tenant, service, end, block.seq), block);
    if (problem?.kind !== 'missing' || look === LOOKS) return problem;
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  }
};

/** The events after `end` up to `to`, as the stream has them now. */
const linkOf = async (nc: NatsConnection, tenant: string, service: string, end: ChainEnd, to: number): Promise<ChainLink> => {
  const link = new ChainLink(end);
  for (let seq = end.seq + 1; seq <= to;) {
    const { messages } = await readPage(nc, streamName(service), { seq, next_by_subj: `evt.${tenant}.${service}.>`, batch: PAGE, max_bytes: PAGE_BYTES });
    for (const message of messages) {
      if (message.seq > to) return link;
      link.add({ ...message, time: parseStoredTime(message.time) });
    }
    const last = messages.at(-1);
    if (last === undefined) break;
    seq = last.seq + 1;
  }
  return link;
};
