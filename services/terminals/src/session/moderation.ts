import type { SessionRole } from '@xanthus/proto/terminals';

/** Does nothing that is typed reach the shell now? While a session is moderated, unless a moderator watches. `watching`: roles of those who are attached. */
export const isPaused = (moderated: boolean, watching: Iterable<SessionRole>): boolean => moderated && ![...watching].includes('moderator');
