import type { CommandContract, QueryContract } from '@xanthus/proto';

export type DoorContract = CommandContract | QueryContract;
/** What the decorator leaves with a handler. */
export interface DoorExtras { readonly contract: DoorContract; readonly external: boolean }

/** Key of a door within its service. `new` and `id` are kinds here, not tokens of a subject. */
export const commandRoute = (c: Pick<CommandContract, 'aggregate' | 'on' | 'verb'>): string => `cmd ${c.aggregate} ${c.on} ${c.verb}`;
export const queryRoute = (c: Pick<QueryContract, 'question' | 'on'>): string => `qry ${c.question} ${c.on}`;
