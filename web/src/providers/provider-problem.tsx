import type { ReactNode } from 'react';
import { formatTime } from '../lib/format.js';
import type { ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { ProblemNote } from '../ui/problem-note.js';
import { retryAt, withTimes } from './retry-at.js';

/** A refusal of a provider: with the moment from which on it may be asked again. No countdown: it is read out, and would be every second. */
export const ProviderProblem = ({ problem, onRetry, className }: { readonly problem: ShownProblem; readonly onRetry?: (() => void) | undefined; readonly className?: string }): ReactNode => {
  const now = useNow();
  const at = retryAt(problem.details);
  const early = at !== undefined && at > now;
  const shown = at === undefined ? problem : { ...problem, message: withTimes(problem.message, formatTime), advice: early ? t('It may be asked again at {time}.', { time: formatTime(at) }) : t('It may be asked again now.') };
  return <ProblemNote {...(className ? { className } : {})} tone={problem.retryable ? 'warn' : 'bad'} problem={shown} onRetry={early ? undefined : onRetry} />;
};
