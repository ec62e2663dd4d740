/** Taking a server away, in steps. Pure. */
import type { SetUp } from '../contracts.js';
import { REMOVAL_WORDS } from '../servers/vps-words.js';
import { t } from '../texts/text.js';
import type { Step } from '../ui/step-list.js';

const STATES = { pending: 'waiting', running: 'running', waiting: 'warning', done: 'passed', failed: 'failed' } as const satisfies Record<SetUp['removal'][number]['state'], Step['status']>;

export const removalSteps = (removal: SetUp['removal']): readonly Step[] => removal.map(s => ({
  key: s.name, label: `${REMOVAL_WORDS[s.name]}${s.attempt > 1 ? t(' (try {attempt})', { attempt: s.attempt }) : ''}`, status: STATES[s.state], ...(s.text ? { detail: s.text } : {}), ...(s.duration_ms === null ? {} : { ms: s.duration_ms }),
}));

/** Is it being taken away now, or did that fail? */
export const isRemoving = (setUp: SetUp | undefined): setUp is SetUp => setUp !== undefined && setUp.removal.length > 0 && (setUp.state === 'removing' || setUp.state === 'removal-failed' || setUp.state === 'cancelling');
