import type { RecordedEvent } from '@xanthus/kernel';
import type { EventContract, EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';

type AuthEvent = EventOf<typeof authEvents>;
/** A stored event with the shape of its type. */
export type Recorded<T extends AuthEvent['type'] = AuthEvent['type']> = { [K in T]: RecordedEvent<Extract<AuthEvent, { type: K }>> }[T];

const known: Readonly<Record<string, EventContract>> = authEvents;

/** The event, typed, if it is one of ours; folds skip the others. */
export const authEvent = (event: RecordedEvent): Recorded | undefined => (Object.hasOwn(known, event.type) ? (event as Recorded) : undefined);
