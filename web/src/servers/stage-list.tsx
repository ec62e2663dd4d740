import { clsx } from 'clsx';
import { Check, CircleDashed, Info, LoaderCircle, Minus, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { TEST_STAGES, type TestStage } from '../contracts.js';
import { formatMilliseconds } from '../lib/format.js';
import { adviceFor } from '../lib/problem.js';
import { t } from '../texts/text.js';

const LABELS: Readonly<Record<TestStage['name'], string>> = { resolve: t('Resolve the name'), connect: t('Connect'), host_key: t('Host key'), auth: t('Log in'), sudo: t('Root by sudo'), os: t('Operating system'), k3s: 'K3s', helm: 'Helm' };
type Shown = TestStage['status'] | 'waiting' | 'running';
const ICONS: Readonly<Record<Shown, ReactNode>> = {
  passed: <Check aria-hidden className="size-4 text-ok" />, warning: <TriangleAlert aria-hidden className="size-4 text-warn" />, failed: <X aria-hidden className="size-4 text-bad" />,
  skipped: <Minus aria-hidden className="size-4 text-ink-3" />, waiting: <CircleDashed aria-hidden className="size-4 text-ink-3" />, running: <LoaderCircle aria-hidden className="size-4 animate-spin text-accent-ink" />,
};
const WORDS: Readonly<Record<Shown, string>> = { passed: 'passed', warning: t('works without'), failed: 'failed', skipped: t('not reached'), waiting: 'waiting', running: 'running' };

/** Nothing is wrong with a machine that has none of these. */
const OPTIONAL: ReadonlySet<TestStage['name']> = new Set(['k3s', 'helm'] as const);

/** Each stage of a connection test as a row with its time. */
export const StageList = ({ stages, running, confirmed }: { readonly stages: readonly TestStage[]; readonly running: boolean; readonly confirmed: boolean }): ReactNode => (
  <ol aria-label={t('Stages of the test')} aria-busy={running} className="divide-y divide-line">
    {TEST_STAGES.map((name, i) => {
      const told = stages.find(s => s.name === name);
      const unconfirmed = told?.code === 'SERVER.HOST_KEY_UNCONFIRMED' && !confirmed;
      const stage: TestStage | undefined = told?.code === 'SERVER.HOST_KEY_UNCONFIRMED' && confirmed ? { ...told, status: 'passed', detail: t('Confirmed by you.') } : told;
      // Stages go in order: the one after the last answer is the one at work.
      const status: Shown = stage?.status ?? (running && i === stages.length ? 'running' : 'waiting');
      const advice = stage?.status === 'failed' && stage.code ? adviceFor(stage.code) : undefined;
      return (
        <li key={name} data-stage={name} data-status={status} className={clsx('flex gap-3 px-4 py-2', stage && 'animate-fade')}>
          <span className="mt-0.5">{status === 'warning' && OPTIONAL.has(name) ? <Info aria-hidden className="size-4 text-ink-3" /> : ICONS[status]}</span>
          <div className="min-w-0 flex-1 text-[13px]">
            <p className={(stage && status !== 'skipped') || status === 'running' ? 'text-ink' : 'text-ink-3'}>{LABELS[name]}<span className="sr-only">: {unconfirmed ? t('to be confirmed') : WORDS[status]}</span></p>
            {stage?.detail && <p className="break-words text-[12px] text-ink-3">{unconfirmed ? t('To be confirmed by you, below.') : stage.detail}</p>}
            {advice && <p className="text-[12px] text-ink-2">{advice} <code className="font-mono text-ink-3">{stage?.code}</code></p>}
          </div>
          <span className="figure text-[12px] leading-5 text-ink-3">{stage && status !== 'skipped' ? formatMilliseconds(stage.ms) : ''}</span>
        </li>
      );
    })}
  </ol>
);
