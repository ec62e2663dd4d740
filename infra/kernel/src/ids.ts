import { monotonicFactory } from 'ulid';

const next = monotonicFactory();

/** A lower-case ULID; several made in one millisecond of one process still sort in the order they were made. */
export const newId = (): string => next().toLowerCase();
