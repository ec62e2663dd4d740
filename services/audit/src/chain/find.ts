import { mayFit, type AuditSearch } from '@xanthus/jetstream';
import { streamName, type OutputOf } from '@xanthus/proto';
import type { auditBlocks, auditFind } from '@xanthus/proto/audit';
import { EVERYTHING, type BlockIndex } from './block-index.js';
import { newestFirst, type BlockRow, type Place, type Placed, type Rows } from './rows.js';

type Range = OutputOf<typeof auditFind>['ranges'][number];

/** Blocks whose filters are looked at together, and in one answer. */
const TOGETHER = 200;
const MOST_FILTERS = 20_000;

/** A search without words needs no filter. */
const hasWords = ({ actor, thing, type, correlation, command }: AuditSearch): boolean => (actor ?? thing?.aggregate ?? thing?.id ?? type ?? correlation ?? command) !== undefined;
const isInTime = (row: BlockRow, { from, to }: AuditSearch): boolean => (from === undefined || row.to_ms >= from) && (to === undefined || row.from_ms < to);

const chainsOf = (index: BlockIndex, tenant: string, services: readonly string[]): Promise<(Rows & { readonly service: string })[]> =>
  Promise.all(services.map(async service => ({ service, stream: streamName(service), rows: [...await index.rows(tenant, service)] })));

/** The next `most` of them. */
const some = (blocks: Iterator<Placed>, most: number): Placed[] => {
  const taken: Placed[] = [];
  while (taken.length < most) {
    const { value, done } = blocks.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
};

/** @see auditBlocks */
export const listBlocks = async (index: BlockIndex, tenant: string, services: readonly string[], before: Place | undefined, limit: number): Promise<OutputOf<typeof auditBlocks>> => ({
  blocks: some(newestFirst(await chainsOf(index, tenant, services), before), limit).map(({ stream, row: { from_seq, seq, events, total, from_time, time } }) => ({ stream, from_seq, seq, events, total, from_time, time })),
});

/** @see auditFind */
export const findRanges = async (index: BlockIndex, tenant: string, services: readonly string[], search: AuditSearch, before: Place | undefined, limit: number): Promise<OutputOf<typeof auditFind>> => {
  const chains = await chainsOf(index, tenant, services);
  const blocks = newestFirst(chains, before);
  // what is not sealed yet stands above all blocks
  const ranges: Range[] = before === undefined ? chains.map(({ stream, rows }) => ({ stream, from_seq: (rows.at(-1)?.seq ?? 0) + 1, to_seq: null })) : [];
  /** Index of the oldest block of the last range. */
  let reached = before === undefined ? (chains.at(-1)?.rows.length ?? 0) : -1;
  let passed = before;
  for (let [found, looked] = [0, 0]; ;) {
    const together = some(blocks, TOGETHER);
    if (together.length === 0) return { ranges, complete: true };
    const filterOf = hasWords(search) ? await filtersOf(index, tenant, chains, together) : undefined;
    for (const { stream, row, index: at } of together) {
      if (isInTime(row, search) && (filterOf === undefined || mayFit(filterOf(stream, at), search))) {
        const last = ranges.at(-1);
        if (last?.stream === stream && at === reached - 1) ranges[ranges.length - 1] = { ...last, from_seq: row.from_seq };
        else if (found === limit) return { ranges, complete: false, ...(passed === undefined ? {} : { next: passed }) };
        else {
          ranges.push({ stream, from_seq: row.from_seq, to_seq: row.seq });
          found++;
        }
        reached = at;
      }
      passed = { stream, seq: row.from_seq };
    }
    looked += filterOf === undefined ? 0 : together.length;
    if (looked >= MOST_FILTERS && passed !== undefined) return { ranges, complete: false, next: passed };
  }
};

/** The filters of some blocks, each chain's read at once. */
const filtersOf = async (index: BlockIndex, tenant: string, chains: readonly (Rows & { readonly service: string })[], blocks: readonly Placed[]): Promise<(stream: string, at: number) => Buffer> => {
  const found = new Map<string, { readonly from: number; readonly filters: readonly Buffer[] }>();
  for (const { stream, service } of chains) {
    const own = blocks.filter(b => b.stream === stream).map(b => b.index);
    const [to, from] = [own[0], own.at(-1)];
    if (from !== undefined && to !== undefined) found.set(stream, { from, filters: await index.filters(tenant, service, from, to) });
  }
  return (stream, at) => {
    const { from, filters } = found.get(stream) ?? { from: 0, filters: [] };
    return filters[at - from] ?? EVERYTHING;
  };
};
