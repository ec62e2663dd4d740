import { defineCommand, written } from '@xanthus/proto';
import { z } from 'zod';

const common = { service: 'vps', aggregate: 'counter', summary: 'Of the benchmarks.', output: written } as const;
export const createCounter = defineCommand({ ...common, verb: 'create', on: 'new', input: z.object({ count: z.int() }), example: { count: 1 } });
export const deleteCounter = defineCommand({ ...common, verb: 'delete', on: 'id', input: z.object({}), example: {} });

/** What a child says on its standard output once it serves. */
export interface XanthusStack { readonly url: string; readonly token: string }
export interface RawStack { readonly url: string }
export interface ServedTerminals { readonly url: string; readonly file: string; readonly port: number; readonly user: string; readonly privateKey: string; readonly fingerprint: string }
