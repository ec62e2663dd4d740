import { Link } from '@tanstack/react-router';
import { Coins } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CostReport } from '../../contracts.js';
import { dayBars, formatMonth, money } from '../../costs/cost-model.js';
import { useCosts } from '../../costs/use-costs.js';
import { formatMoney } from '../../lib/money.js';
import { t } from '../../texts/text.js';
import { Skeleton } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { Forbidden } from '../../ui/forbidden.js';
import { moreClass, Nothing, Tile } from '../tile.js';

export const CostsTile = (): ReactNode => {
  const { report, denied, problem, loading, retry } = useCosts();
  return (
    <Tile of="costs" title={report ? t('Cost in {month}', { month: formatMonth(report.month) }) : t('Cost this month')} aside={<Link to="/costs" className={moreClass}>{t('All costs')}</Link>}>
      {denied ? <Forbidden dense right="vps.cost.read" title={t('You may not see {what}', { what: t('costs') })} />
        : problem ? <ProblemNote className="m-3" problem={problem} onRetry={retry} />
          : loading || !report ? <div role="status" aria-label={t('Loading the costs')} className="grid gap-3 p-4"><Skeleton className="h-10 w-1/2" /><Skeleton className="h-10" /></div>
            : report.totals.length === 0 ? <Nothing icon={<Coins aria-hidden />}>{t('Nothing costs anything yet. Servers that are made here at a provider are reckoned by the hour; adopted machines are paid elsewhere.')}</Nothing>
              : <div className="divide-y divide-line">{report.totals.map(total => <Total key={total.currency} report={report} total={total} />)}</div>}
    </Tile>
  );
};

const Total = ({ report, total }: { readonly report: CostReport; readonly total: CostReport['totals'][number] }): ReactNode => (
  <div className="grid gap-3 p-4">
    <dl className="flex flex-wrap items-baseline gap-x-6 gap-y-1">
      <div><dt className="sr-only">{t('So far')}</dt><dd className="figure text-[22px] font-semibold leading-7 tracking-tight">{formatMoney(total.so_far.gross, total.currency)}</dd></div>
      <div className="text-[13px] text-ink-2"><dt className="inline text-ink-3">{t('Expected')} </dt><dd className="figure inline">{formatMoney(total.forecast.gross, total.currency)}</dd></div>
      <div className="text-[13px] text-ink-2"><dt className="inline text-ink-3">{t('Now')} </dt><dd className="figure inline">{t('{money} an hour', { money: money(total.hourly.gross, total.currency) })}</dd></div>
    </dl>
    <div aria-hidden className="flex h-10 items-end gap-px">
      {dayBars(report, total.currency, 'gross').map(bar => <span key={bar.day} className={`min-h-px flex-1 rounded-t-[2px] ${bar.forecast ? 'bg-line-strong' : 'bg-accent'}`} style={{ height: `${Math.max(2, bar.part * 100)}%` }} />)}
    </div>
  </div>
);
