import type { EventContract } from '@xanthus/proto';

/** Current schema version of each event of a record of contracts. */
export const schemasOf = <R extends Readonly<Record<string, EventContract>>>(events: R): Readonly<Record<R[keyof R]['type'], number>> =>
  Object.fromEntries(Object.values(events).map(e => [e.type, e.schema])) as Record<R[keyof R]['type'], number>;
