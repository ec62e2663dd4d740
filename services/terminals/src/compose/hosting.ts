import type { HostOf } from '../terminals.context.js';

/** A copy that holds nothing: every shell is refused. */
export const openHost: HostOf = ({ notesOf }) => ({
  start: ({ tenant, id }) => void notesOf(tenant, id).ended({ how: 'failed', code: null, signal: null, message: 'This installation opens no shells.', problem: null }),
  has: () => false,
  held: () => Promise.resolve(false),
  review: () => undefined,
  say: () => undefined,
  resize: () => undefined,
  end: () => Promise.resolve(),
  lastTyped: () => 0,
  stop: () => Promise.resolve(),
});
