import { createHash } from 'node:crypto';
import { derivationText, ulidOf } from '@xanthus/proto';

/** A lower-case ULID that depends on nothing but its parts: the same request gets the same id on every copy and every retry. */
export const deriveId = (...parts: readonly string[]): string => ulidOf(createHash('sha256').update(derivationText(...parts)).digest());
