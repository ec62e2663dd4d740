import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import { readWizardSearch, STEP_LABELS, type Step, type WizardSearch } from './draft.js';

/** The address of a step; what else stands in it (filters) stays. */
export const stepSearch = (step: Step) => (before: object): WizardSearch => {
  const { step: _, ...rest } = readWizardSearch(before as Record<string, unknown>);
  return step === 'provider' ? rest : { ...rest, step };
};

/** All steps: those that can be opened are links. Narrow screens name the present one only. */
export const StepTrail = ({ steps, at, most }: { readonly steps: readonly Step[]; readonly at: Step; readonly most: Step }): ReactNode => (
  <nav aria-label={t('Steps')}>
    <ol className="flex items-center gap-1.5 sm:gap-2">
      {steps.map((step, i) => {
        const here = step === at;
        const open = i <= steps.indexOf(most);
        const done = i < steps.indexOf(most) && !here;
        const body = (
          <>
            <span aria-hidden className={clsx('figure grid size-5 shrink-0 place-items-center rounded-full border text-[11px] font-medium', here ? 'border-accent bg-accent text-on-accent' : done ? 'border-line-strong text-ok' : 'border-line text-ink-3')}>{done ? <Check className="size-3" /> : i + 1}</span>
            <span className={clsx(!here && 'sr-only sm:not-sr-only')}>{STEP_LABELS[step]}</span>
          </>
        );
        const look = clsx('flex items-center gap-1.5 rounded-md py-1 text-[13px]', here ? 'font-medium text-ink' : open ? 'text-ink-2 hover:text-ink' : 'text-ink-3');
        return (
          <li key={step} className="flex items-center gap-1.5 sm:gap-2">
            {i > 0 && <span aria-hidden className="h-px w-3 bg-line-strong sm:w-6" />}
            {here || !open ? <span {...(here ? { 'aria-current': 'step' as const } : { 'aria-disabled': true })} className={look}>{body}</span>
              : <Link to="/servers/new" search={stepSearch(step)} className={look}>{body}</Link>}
          </li>
        );
      })}
    </ol>
  </nav>
);
