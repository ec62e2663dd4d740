/** Seals what a stream holds, tenant by tenant, from its raw messages: each event in exactly one block, whatever is killed in between. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { JsMsg } from '@nats-io/jetstream';
import { ChainLink, chainStart, endOfBlock, signBlock, type ChainBlock, type ChainEnd } from './chain.js';
import { filterOf } from './chain-filter.js';
import type { AuditSigner } from './chain-keys.js';
import { wordsOf } from './chain-search.js';
import { follow, streamInfo } from './follow.js';
import { epochOf } from './provision.js';
import type { Logger } from './types.js';

/** The last block of a chain, and where the stream of blocks keeps it: the expectation of the next one. */
export interface SealedEnd { readonly end: ChainEnd; readonly kept: number }
/**
 * How far everything is sealed: `seq` of the stream that is chained, and what the stream of blocks held then. An older copy of either one is noticed, and the reading
 * begins anew: what is sealed already is only passed over.
 */
export interface ChainPosition { readonly seq: number; readonly epoch: string; readonly blocks: { readonly seq: number; readonly epoch: string } }

/** Where blocks and the position are kept. */
export interface ChainKeeper {
  /** Stream of the blocks. */
  readonly stream: string;
  /** The last block of a tenant, from the leader. */
  last(tenant: string): Promise<SealedEnd | undefined>;
  /** Keeps a block as the next one after `kept` (0: the first) and answers where. @throws ConflictError if it is not */
  append(tenant: string, block: ChainBlock, kept: number): Promise<number>;
  position(): Promise<ChainPosition | undefined>;
  move(position: ChainPosition): Promise<void>;
}

export interface ChainFollowerOptions {
  readonly stream: string;
  /** `evt.*.<service>.>`; the second token is the tenant. */
  readonly filter: string;
  readonly keeper: ChainKeeper;
  readonly signer: AuditSigner;
  /** Events of a block at most, and how old its first one may get, ms. */
  readonly events: number;
  readonly age: number;
  readonly log: Logger;
  /** All that the stream held is sealed, but for what is young. Again after each catching up. */
  onCaughtUp?(): void;
}

/** Blocks that are on their way to the stream at once. */
const AT_ONCE = 64;
/** How long the others wait then, ms. */
const BUSY = 20;
/** How often the position is kept, ms. It costs only what is read again after a crash. */
const MOVE_EVERY = 2_000;
/** A timer waits no longer than it can. */
const LONGEST = 2 ** 31 - 1;

interface Open { readonly link: ChainLink; readonly words: Set<string>; /** ms since 1970 */ readonly since: number }
interface Chain { end: ChainEnd; /** Settles with what the last block was kept as. */ kept: Promise<number>; stale: boolean }

/**
 * Runs until `signal` aborts; throws when something did not go as expected, to be begun anew: everything it knows it reads again then. Nothing that it does twice counts twice:
 * a block is kept only right after the one before.
 */
export const followChain = async (nc: NatsConnection, o: ChainFollowerOptions, signal: AbortSignal): Promise<void> => {
  const chains = new Map<string, Chain>();
  /** Oldest first, as the stream is. */
  const opens = new Map<string, Open>();
  /** First sequences of blocks that are on their way. */
  const flying = new Set<{ readonly from: number; readonly kept: Promise<number> }>();
  let [seen, behind, blocksSeq, moved] = [0, true, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => void (fail = reject));
  failed.catch(() => undefined);

  const [info, blocks, before] = await Promise.all([streamInfo(nc, o.stream), streamInfo(nc, o.keeper.stream), o.keeper.position()]);
  const [epoch, blocksEpoch] = [epochOf(info), epochOf(blocks)];
  const known = before !== undefined && before.epoch === epoch && before.seq <= info.state.last_seq && before.blocks.epoch === blocksEpoch && before.blocks.seq <= blocks.state.last_seq;
  if (before !== undefined && !known) o.log.error({ stream: o.stream, position: before.seq, last: info.state.last_seq }, 'the log or its blocks are older than what was sealed, or others: events are read from the first one on, and what no block seals is sealed now. Compare with a hash that was kept elsewhere');
  seen = moved = known ? before.seq : 0;
  blocksSeq = known ? before.blocks.seq : 0;

  const chainOf = async (tenant: string): Promise<Chain> => {
    const found = chains.get(tenant);
    if (found !== undefined) return found;
    const sealed = await o.keeper.last(tenant);
    const chain: Chain = { end: sealed?.end ?? chainStart(tenant, o.stream), kept: Promise.resolve(sealed?.kept ?? 0), stale: false };
    chains.set(tenant, chain);
    return chain;
  };

  const seal = (tenant: string, chain: Chain, { link, words }: Open): Promise<number> => {
    opens.delete(tenant);
    const block = signBlock(tenant, link.block(o.stream, filterOf(words), o.signer.key_id), o.signer.key);
    chain.end = endOfBlock(block);
    const kept = chain.kept.then(last => o.keeper.append(tenant, block, last));
    const flight = { from: link.from, kept };
    flying.add(flight);
    chain.kept = kept;
    void kept.then((at) => {
      blocksSeq = Math.max(blocksSeq, at);
      return flying.delete(flight);
    }).catch(fail);
    return kept;
  };

  const sealOld = (): void => {
    timer = undefined;
    const now = Date.now();
    for (const [tenant, open] of opens) {
      if (now - open.since < o.age || flying.size >= AT_ONCE) break;
      const chain = chains.get(tenant);
      if (chain) void seal(tenant, chain, open);
    }
    schedule();
  };
  const schedule = (): void => {
    if (behind || timer !== undefined || signal.aborted) return;
    const [oldest] = opens.values();
    if (oldest !== undefined) timer = setTimeout(sealOld, Math.min(LONGEST, Math.max(flying.size >= AT_ONCE ? BUSY : 1, oldest.since + o.age - Date.now())));
  };

  const take = (tenant: string, chain: Chain, message: JsMsg): void | Promise<unknown> => {
    const { seq, subject, data, timestampNanos: time } = message as JsMsg & { readonly timestampNanos: bigint };
    if (seq <= chain.end.seq) {
      if (!chain.stale && !behind) o.log.error({ stream: o.stream, tenant, seq, sealed: chain.end.seq }, 'an event was stored where another one is sealed: the log was replaced by an older copy. Verifying says where');
      chain.stale ||= !behind;
      return;
    }
    let open = opens.get(tenant);
    if (open === undefined) {
      open = { link: new ChainLink(chain.end), words: new Set(), since: Math.min(Date.now(), Number(time / 1_000_000n)) };
      opens.set(tenant, open);
      schedule();
    }
    open.link.add({ seq, time, subject, data });
    for (const word of wordsOf(subject, data)) open.words.add(word);
    if (open.link.events < o.events) return;
    const kept = seal(tenant, chain, open);
    return flying.size < AT_ONCE ? undefined : kept;
  };

  /** Everything up to here is sealed and kept. */
  const settled = (): number => {
    const [oldest] = opens.values();
    return Math.min(seen, ...[...flying].map(f => f.from - 1), oldest === undefined ? seen : oldest.link.from - 1);
  };
  const keep = async (): Promise<void> => {
    const seq = settled();
    if (seq <= moved) return;
    await o.keeper.move({ seq, epoch, blocks: { seq: blocksSeq, epoch: blocksEpoch } });
    moved = seq;
  };
  let moving = Promise.resolve();
  const ticker = setInterval(() => {
    if (seen > moved) moving = moving.then(keep).catch((error: unknown) => o.log.debug({ stream: o.stream, error: String(error) }, 'the position could not be kept'));
  }, MOVE_EVERY);

  const following = await follow(nc, {
    stream: o.stream, filters: [o.filter], from: seen + 1,
    onMessage: (message) => {
      seen = message.seq;
      const tenant = message.subject.split('.', 2)[1] ?? '';
      const chain = chains.get(tenant);
      return (chain === undefined ? chainOf(tenant).then(made => take(tenant, made, message)) : take(tenant, chain, message)) as Promise<void> | undefined;
    },
    onCaughtUp: () => {
      behind = false;
      schedule();
      o.onCaughtUp?.();
    },
    onReset: () => { throw new Error(`the stream ${o.stream} is another one`); },
    onError: fail,
  });
  let abort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => void (abort = resolve));
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    await Promise.race([aborted, failed]);
  } finally {
    signal.removeEventListener('abort', abort);
    clearTimeout(timer);
    clearInterval(ticker);
    await following.stop();
    await Promise.allSettled([...flying].map(f => f.kept));
    await moving;
    await keep().catch(() => undefined);
  }
};
