import { TriangleAlert } from 'lucide-react';
import { clsx } from 'clsx';
import { useState, type ReactNode } from 'react';
import type { ApplicationPlanDetail } from '../contracts.js';
import { formatNumber } from '../lib/format.js';
import { t } from '../texts/text.js';
import { Facts, Panel } from '../ui/panel.js';
import { ACTION_WORDS, countsOf } from './words.js';

type Warning = ApplicationPlanDetail['warnings'][number];
interface Props {
  readonly detail: ApplicationPlanDetail;
  /** Kinds of warnings that were said yes to. */
  readonly accepted: ReadonlySet<Warning['kind']>;
  readonly onAccept: (accepted: ReadonlySet<Warning['kind']>) => void;
}

/** Everything that is to be said yes to was. */
export const isAccepted = ({ warnings, conflicts }: ApplicationPlanDetail, accepted: ReadonlySet<Warning['kind']>): boolean => conflicts.length === 0 && warnings.every(w => !w.asks_again || accepted.has(w.kind));

/** What a plan would make, change and take away; what stands in its way; what is risky about it. */
export const PlanPanel = ({ detail, accepted, onAccept }: Props): ReactNode => (
  <div className="grid gap-4">
    {detail.conflicts.length > 0 && (
      <section aria-label={t('In the way')} role="alert" className="rounded-xl border border-bad/40 bg-bad-wash p-4">
        <h2 className="text-[13px] font-semibold text-bad">{t('This stands in the way')}</h2>
        <ul className="mt-1 grid gap-1 text-[13px]">{detail.conflicts.map((c, i) => <li key={i} data-conflict={c.kind}>{c.message}</li>)}</ul>
      </section>
    )}
    {detail.warnings.length > 0 && (
      <section aria-label={t('To know before')} className="rounded-xl border border-warn/40 bg-warn-wash p-4">
        <h2 className="flex items-center gap-1.5 text-[13px] font-semibold text-warn"><TriangleAlert aria-hidden className="size-4" />{t('To know before')}</h2>
        <ul className="mt-1 grid gap-1.5 text-[13px]">
          {detail.warnings.map(w => (
            <li key={w.kind} data-warning={w.kind}>
              {w.asks_again ? (
                <label className="flex items-start gap-2"><input type="checkbox" className="mt-1" checked={accepted.has(w.kind)} onChange={(e) => { const next = new Set(accepted); if (e.target.checked) next.add(w.kind); else next.delete(w.kind); onAccept(next); }} /><span>{w.message} <strong className="font-medium">{t('Do it all the same.')}</strong></span></label>
              ) : w.message}
            </li>
          ))}
        </ul>
      </section>
    )}
    <Panel title={t('What happens')} aside={<span role="status" className="text-[12px] text-ink-3">{countsOf(detail.objects)}</span>}>
      <Facts rows={[
        [t('Server'), detail.server_name], [t('Namespace'), <code key="n" className="font-mono text-[12px]">{detail.namespace}</code>], [t('Release'), <code key="r" className="font-mono text-[12px]">{detail.release}</code>],
        [t('Version'), detail.from_version !== null && detail.from_version !== detail.version ? `${detail.from_version} → ${detail.version}` : detail.version], [t('Chart'), `${detail.chart} ${detail.chart_version}`], [t('Address'), detail.host ?? t('none outside of the cluster')],
      ]} />
      <ul aria-label={t('Objects of the plan')} className="mt-4 divide-y divide-line rounded-lg border border-line">
        {detail.objects.filter(o => o.action !== 'unchanged').map((o, i) => <PlannedObject key={i} object={o} />)}
        {detail.more_objects > 0 && <li className="px-3 py-2 text-[12px] text-ink-3">{t('and {more_objects, number} more', { more_objects: detail.more_objects })}</li>}
      </ul>
    </Panel>
    <Requirements detail={detail} />
    {detail.values_diff.trim() !== '' && <Panel title={t('Values')} flush><DiffText text={detail.values_diff} label={t('Values, before and after')} /></Panel>}
  </div>
);

const PlannedObject = ({ object: { sort, kind, name, namespace, action, detail } }: { readonly object: ApplicationPlanDetail['objects'][number] }): ReactNode => {
  const [open, setOpen] = useState(false);
  const { sign, label, className } = ACTION_WORDS[action];
  return (
    <li data-action={action} className="relative px-3 py-2 text-[13px]">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span aria-hidden className={clsx('w-3 font-mono font-semibold', className)}>{sign}</span>
        <span className="text-ink-3">{sort === 'use' ? t('Use of the domain') : kind}</span><span className="min-w-0 break-all font-medium">{name}</span>
        <span className={clsx('text-[12px]', className)}>{label}</span>
        {namespace !== null && <span className="sr-only">{' '}{t('in {namespace}', { namespace })}</span>}
        {detail.includes('\n') ? <button type="button" aria-expanded={open} className="ml-auto text-[12px] text-accent-ink hover:underline" onClick={() => setOpen(!open)}>{open ? t('Less') : t('What changes')}</button> : detail !== '' && <span className="text-[12px] text-ink-3">{detail}</span>}
      </div>
      {open && <DiffText text={detail} label={t('What changes in {name}', { name })} />}
    </li>
  );
};

const amount = (n: number): string => formatNumber(n, 2);
const Requirements = ({ detail: { requirements, grow } }: { readonly detail: ApplicationPlanDetail }): ReactNode => {
  const rows = [[t('Processor'), requirements.cpu, 'cores'], [t('Memory'), requirements.memory, 'GB'], [t('Disk'), requirements.disk, 'GB']] as const;
  return (
    <Panel title={t('Does it fit?')}>
      <ul className="grid gap-2 text-[13px] sm:grid-cols-3">
        {rows.map(([name, { needed, free }, unit]) => (
          <li key={name} data-fits={free === null ? 'unknown' : needed <= free}>
            <p className="text-ink-3">{name}</p>
            <p className={free !== null && needed > free ? 'font-medium text-bad' : 'font-medium'}>{amount(needed)} {unit}<span className="font-normal text-ink-3">{' '}{t('of')}{' '}{free === null ? t('unknown') : t('{amount} free', { amount: amount(free) })}</span></p>
          </li>
        ))}
      </ul>
      {grow && <p className="mt-3 text-[13px] text-warn">{t('The server would have to grow to {type}: {currency} {monthly_more} more a month.', { type: grow.type, currency: grow.currency, monthly_more: grow.monthly_more })}</p>}
    </Panel>
  );
};

/** A unified diff in colours. */
const DiffText = ({ text, label }: { readonly text: string; readonly label: string }): ReactNode => (
  <pre aria-label={label} tabIndex={0} className="max-h-96 overflow-auto bg-sunken p-3 font-mono text-[12px] leading-5">
    {text.split('\n').map((line, i) => <span key={i} className={clsx('block', line.startsWith('+') && 'text-ok', line.startsWith('-') && 'text-bad', line.startsWith('@@') && 'text-ink-3')}>{line === '' ? ' ' : line}</span>)}
  </pre>
);
