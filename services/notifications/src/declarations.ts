import { declarationsOf, type Declarations } from '@xanthus/jetstream';

/** Streams and buckets of this service; the launcher makes them. */
export const notificationsDeclarations = (): Declarations => declarationsOf('notifications');
