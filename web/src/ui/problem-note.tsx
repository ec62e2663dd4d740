import { clsx } from 'clsx';
import { CircleAlert, History, RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemDetails, type ShownProblem } from '../lib/problem.js';
import { isUnkept } from '../past/rules.js';
import { t } from '../texts/text.js';
import { Button } from './button.js';
import { CopyButton } from './copy-button.js';
import { Forbidden } from './forbidden.js';

interface Props { readonly problem: ShownProblem; readonly onRetry?: (() => void) | undefined; readonly tone?: 'bad' | 'warn'; readonly className?: string }

/** What happened, why, what to do; with the code and the details to hand on. What the past can't say is no fault: said quietly. */
export const ProblemNote = ({ problem, onRetry, tone = 'bad', className }: Props): ReactNode => (isUnkept(problem.code) ? (
  <p role="status" className={clsx('flex gap-2 text-[13px] text-ink-2', className)}><History aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />{problem.message}</p>
) : (
  <div role="alert" className={clsx('flex animate-rise gap-3 rounded-lg border p-3', tone === 'bad' ? 'border-bad/30 bg-bad-wash' : 'border-warn/30 bg-warn-wash', className)}>
    {tone === 'bad' ? <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" /> : <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />}
    <div className="min-w-0 flex-1">
      <p className="font-medium text-ink">{problem.message}</p>
      {problem.advice && <p className="mt-0.5 text-ink-2">{problem.advice}</p>}
      <p className="mt-1 flex flex-wrap items-center gap-x-1 text-[12px] text-ink-3">
        <code className="font-mono">{problem.code}</code>
        {problem.correlation_id && <span>· {problem.correlation_id}</span>}
        <CopyButton text={() => problemDetails(problem, new Date().toISOString())} label={t('Copy details')} />
      </p>
    </div>
    {onRetry && problem.retryable && <Button size="sm" icon={<RotateCw aria-hidden className="size-3.5" />} onClick={onRetry}>{t('Try again')}</Button>}
  </div>
));

/** A page or tab that shows nothing because nothing may be seen: what, and who can give the right to it. `right`: as roles name it, `vps.server.read`. */
export const Denied = ({ what, right }: { readonly what: string; readonly right: string }): ReactNode => <Forbidden right={right} title={t('You may not see {what}', { what })} />;
