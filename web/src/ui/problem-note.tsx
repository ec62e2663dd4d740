import { clsx } from 'clsx';
import { CircleAlert, RotateCw, ShieldBan, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemDetails, type ShownProblem } from '../lib/problem.js';
import { Button } from './button.js';
import { CopyButton } from './copy-button.js';
import { EmptyState } from './panel.js';

interface Props { readonly problem: ShownProblem; readonly onRetry?: (() => void) | undefined; readonly tone?: 'bad' | 'warn'; readonly className?: string }

/** What happened, why, what to do; with the code and the details to hand on. */
export const ProblemNote = ({ problem, onRetry, tone = 'bad', className }: Props): ReactNode => (
  <div role="alert" className={clsx('flex animate-rise gap-3 rounded-lg border p-3', tone === 'bad' ? 'border-bad/30 bg-bad-wash' : 'border-warn/30 bg-warn-wash', className)}>
    {tone === 'bad' ? <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" /> : <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />}
    <div className="min-w-0 flex-1">
      <p className="font-medium text-ink">{problem.message}</p>
      {problem.advice && <p className="mt-0.5 text-ink-2">{problem.advice}</p>}
      <p className="mt-1 flex flex-wrap items-center gap-x-1 text-[12px] text-ink-3">
        <code className="font-mono">{problem.code}</code>
        {problem.correlation_id && <span>· {problem.correlation_id}</span>}
        <CopyButton text={() => problemDetails(problem, new Date().toISOString())} label="Copy details" />
      </p>
    </div>
    {onRetry && problem.retryable && <Button size="sm" icon={<RotateCw aria-hidden className="size-3.5" />} onClick={onRetry}>Try again</Button>}
  </div>
);

/** Nothing is shown because nothing may be: says so, and whom to ask. */
export const Denied = ({ what, tenant }: { readonly what: string; readonly tenant: string }): ReactNode => (
  <EmptyState icon={<ShieldBan />} title={`You may not see ${what}`}>
    <p>Your role in <strong className="font-medium text-ink">{tenant}</strong> doesn’t include this. Ask an owner or administrator of {tenant} for a role that does; this page fills by itself when you have it.</p>
    <p className="mt-3"><code className="rounded border border-line bg-raised px-1.5 py-0.5 font-mono text-[12px] text-ink-2">DENIED</code></p>
  </EmptyState>
);
