import type { NatsConnection } from '@nats-io/transport-node';
import { readEvent, readPage, type ChainBlock } from '@xanthus/jetstream';
import { eventSubject } from '@xanthus/proto';
import { AUDIT_STREAM, chainRef } from './keeper.js';
import { rowOf, type BlockRow } from './rows.js';

const PAGE = 500;
const PAGE_BYTES = 8 * 1024 * 1024;
/** Filters that are kept in memory, of all chains together. */
const FILTER_BYTES = 64 * 1024 * 1024;
/** Chains whose rows are kept in memory. */
const CHAINS = 2_000;

interface Chain { readonly rows: BlockRow[]; readonly filters: Map<number, Buffer>; bytes: number; next: number; reading: Promise<void> | undefined }

/** The sealed blocks of chains as they are asked for: all rows in memory, filters as far as there is room, everything from the log again where there is none. */
export class BlockIndex {
  /** Asked for longest ago first. */
  readonly #chains = new Map<string, Chain>();
  #bytes = 0;

  constructor(private readonly nc: NatsConnection) {}

  /** Oldest first, up to now; not to be kept. */
  async rows(tenant: string, service: string): Promise<readonly BlockRow[]> {
    const chain = this.#chain(tenant, service);
    await (chain.reading ??= this.#read(tenant, service, chain).finally(() => { chain.reading = undefined; }));
    return chain.rows;
  }

  /** Filters of rows `from` to `to` (both in). */
  async filters(tenant: string, service: string, from: number, to: number): Promise<readonly Buffer[]> {
    const chain = this.#chain(tenant, service);
    const wanted = chain.rows.slice(from, to + 1);
    if (wanted.every(row => chain.filters.has(row.kept))) return wanted.map(row => chain.filters.get(row.kept) ?? Buffer.alloc(0));
    const found = new Map<number, Buffer>();
    const last = wanted.at(-1)?.kept ?? 0;
    for (let seq = wanted[0]?.kept ?? 0; seq <= last;) {
      const blocks = await this.#page(tenant, service, seq, wanted.length);
      if (blocks.length === 0) break;
      for (const { block, kept } of blocks) found.set(kept, this.#keep(chain, kept, block));
      seq = (blocks.at(-1)?.kept ?? last) + 1;
    }
    return wanted.map(row => found.get(row.kept) ?? EVERYTHING);
  }

  /** Blocks after the one that ends at `after`, oldest first; `undefined` if none ends there. */
  async blocks(tenant: string, service: string, after: number, most: number): Promise<{ readonly before: ChainBlock | undefined; readonly blocks: readonly ChainBlock[] } | undefined> {
    const rows = await this.rows(tenant, service);
    const at = after === 0 ? -1 : rows.findIndex(row => row.seq === after);
    if (at < 0 && after !== 0) return undefined;
    const first = rows[Math.max(0, at)];
    if (first === undefined) return { before: undefined, blocks: [] };
    const found = (await this.#page(tenant, service, first.kept, most + 1)).map(({ block }) => block);
    return at < 0 ? { before: undefined, blocks: found.slice(0, most) } : { before: found[0], blocks: found.slice(1) };
  }

  #chain(tenant: string, service: string): Chain {
    const key = `${tenant}.${service}`;
    const chain = this.#chains.get(key) ?? { rows: [], filters: new Map(), bytes: 0, next: 1, reading: undefined };
    this.#chains.delete(key);
    this.#chains.set(key, chain);
    for (const [old, { bytes }] of this.#chains) {
      if (this.#chains.size <= CHAINS) break;
      this.#chains.delete(old);
      this.#bytes -= bytes;
    }
    return chain;
  }

  async #read(tenant: string, service: string, chain: Chain): Promise<void> {
    for (;;) {
      const blocks = await this.#page(tenant, service, chain.next, PAGE);
      if (blocks.length === 0) return;
      for (const { block, kept } of blocks) {
        chain.rows.push(rowOf(block, kept, chain.rows.at(-1)));
        this.#keep(chain, kept, block);
        chain.next = kept + 1;
      }
    }
  }

  async #page(tenant: string, service: string, seq: number, batch: number): Promise<{ readonly block: ChainBlock; readonly kept: number }[]> {
    const page = await readPage(this.nc, AUDIT_STREAM, { seq, next_by_subj: eventSubject(chainRef(tenant, service)), batch, max_bytes: PAGE_BYTES });
    return page.messages.map(message => ({ block: readEvent(AUDIT_STREAM, message).data as ChainBlock, kept: message.seq }));
  }

  #keep(chain: Chain, kept: number, block: ChainBlock): Buffer {
    const filter = Buffer.from(block.keys, 'base64');
    if (chain.filters.has(kept)) return filter;
    for (const [, other] of this.#chains) {
      if (this.#bytes + filter.length <= FILTER_BYTES) break;
      if (other === chain) continue;
      this.#bytes -= other.bytes;
      other.bytes = 0;
      other.filters.clear();
    }
    if (this.#bytes + filter.length > FILTER_BYTES) return filter;
    chain.filters.set(kept, filter);
    chain.bytes += filter.length;
    this.#bytes += filter.length;
    return filter;
  }
}

/** What could not be read may hold everything. */
export const EVERYTHING = Buffer.alloc(8, 0xff);
