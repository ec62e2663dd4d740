/** What the past is asked: pictures of views, what changed them, and when something happened. */
import type { Client } from '@xanthus/client';
import type { QueryContract, ViewHistory } from '@xanthus/proto';
import type { PastPage, PastView } from './past-desk.js';


/** Generic doors of every service: their shapes are proto's (`view-at`, `view-history`), the view is part of the question. */
const door = (service: string, question: string): QueryContract => ({ kind: 'query', service, question, on: 'id', deadline: 20_000 }) as unknown as QueryContract;

/** Rows of a view as of a moment or after an event. @throws XanthusError */
export const viewAt = async (client: Client, { tenant, service, view, id }: PastView, input: { readonly time?: string; readonly seq?: number; readonly limit: number; readonly cursor?: string }): Promise<PastPage> =>
  await client.query(door(service, `view-at/${view}`), input, { tenant, id }) as PastPage;

/** What changed one row, newest first. An id of two parts is asked by its first. @throws XanthusError */
export const viewHistory = async (client: Client, { tenant, service, view, id }: PastView, input: { readonly before?: number; readonly limit: number }): Promise<ViewHistory> => {
  const [own = id, part] = id.split('.');
  return await client.query(door(service, `view-history/${view}`), { ...input, ...(part === undefined ? {} : { part }) }, { tenant, id: own }) as ViewHistory;
};

export interface Block { readonly stream: string; readonly from_seq: number; readonly seq: number; readonly events: number; readonly from_time: string; readonly time: string }
const blocks = { kind: 'query', service: 'audit', question: 'blocks', on: 'all', deadline: 10_000 } as unknown as QueryContract;
const MOST_BLOCKS = 2_000;

/** Which parts of the log are dense: the newest sealed blocks of all streams. @throws XanthusError */
export const newestBlocks = async (client: Client): Promise<readonly Block[]> => (await client.query(blocks, { limit: MOST_BLOCKS }) as { readonly blocks: readonly Block[] }).blocks;

export const blocksAddress = { service: 'audit', question: 'blocks' } as const;
