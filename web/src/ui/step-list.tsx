import { clsx } from 'clsx';
import { Check, CircleDashed, LoaderCircle, Minus, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatMilliseconds } from '../lib/format.js';
import { t } from '../texts/text.js';

export interface Step {
  readonly key: string;
  readonly label: string;
  readonly status: 'waiting' | 'running' | 'passed' | 'warning' | 'failed' | 'skipped';
  readonly detail?: string;
  readonly code?: string;
  readonly ms?: number;
}

const ICONS: Readonly<Record<Step['status'], ReactNode>> = {
  passed: <Check aria-hidden className="size-4 text-ok" />, warning: <TriangleAlert aria-hidden className="size-4 text-warn" />, failed: <X aria-hidden className="size-4 text-bad" />,
  skipped: <Minus aria-hidden className="size-4 text-ink-3" />, waiting: <CircleDashed aria-hidden className="size-4 text-ink-3" />, running: <LoaderCircle aria-hidden className="size-4 animate-spin text-accent-ink" />,
};
const WORDS: Readonly<Record<Step['status'], string>> = { passed: t('passed'), warning: t('works, with a remark'), failed: t('failed'), skipped: t('not reached'), waiting: t('waiting'), running: t('running') };

/** Steps of something that takes a while, each told as it runs. */
export const StepList = ({ label, steps, busy }: { readonly label: string; readonly steps: readonly Step[]; readonly busy: boolean }): ReactNode => (
  <ol aria-label={label} aria-busy={busy} aria-live="polite" className="divide-y divide-line">
    {steps.map(step => (
      <li key={step.key} data-step={step.key} data-status={step.status} className={clsx('flex gap-3 px-4 py-2', step.status !== 'waiting' && 'animate-fade')}>
        <span className="mt-0.5">{ICONS[step.status]}</span>
        <div className="min-w-0 flex-1 text-[13px]">
          <p className={step.status === 'waiting' || step.status === 'skipped' ? 'text-ink-3' : 'text-ink'}>{step.label}<span className="sr-only">: {WORDS[step.status]}</span></p>
          {step.detail && <p className="break-words text-[12px] text-ink-3">{step.detail}{step.code && <> <code className="font-mono">{step.code}</code></>}</p>}
        </div>
        <span aria-live="off" className="figure text-[12px] leading-5 text-ink-3">{step.ms === undefined ? '' : formatMilliseconds(step.ms)}</span>
      </li>
    ))}
  </ol>
);
