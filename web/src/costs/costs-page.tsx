import { Link, useSearch } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Coins } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import type { CostLine, CostReport } from '../contracts.js';
import { formatDay, formatNumber } from '../lib/format.js';
import { formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { EmptyState, PageBody, Panel, Skeleton } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { Tag } from '../ui/row-list.js';
import { CostDialog } from './cost-dialog.js';
import { dayBars, formatMonth, money, monthAfter } from './cost-model.js';
import { DayChart } from './day-chart.js';
import { useCosts } from './use-costs.js';

export const CostsPage = (): ReactNode => {
  const { month } = useSearch({ from: '/shell/costs' });
  const { report, denied, problem, loading, retry } = useCosts(month);
  const thisMonth = new Date(useNow(3_600_000)).toISOString().slice(0, 7);
  return (
    <Page title={t('Costs')}>
      <PageBody>
        {denied && <Denied what={t('costs')} right="vps.cost.read" />}
        {problem && <ProblemNote className="mb-4" problem={problem} onRetry={retry} />}
        {!denied && <Months at={month ?? report?.month ?? thisMonth} newest={thisMonth} />}
        {loading && <div role="status" aria-label={t('Loading the costs')} className="grid gap-4"><Skeleton className="h-24 rounded-xl" /><Skeleton className="h-52 rounded-xl" /><Skeleton className="h-40 rounded-xl" /></div>}
        {report && (report.servers.length > 0 ? <Month report={report} past={report.month < thisMonth} /> : <NoCosts past={report.month < thisMonth} />)}
      </PageBody>
    </Page>
  );
};

const NoCosts = ({ past }: { readonly past: boolean }): ReactNode => (
  <EmptyState icon={<Coins />} title={past ? t('Nothing cost anything in this month') : t('Nothing costs anything yet')}>
    {t('Servers that are made here at a provider are reckoned by the hour, with their IPv4 address and snapshots. Adopted machines are paid elsewhere.')}
  </EmptyState>
);

const Months = ({ at, newest }: { readonly at: string; readonly newest: string }): ReactNode => {
  const step = (by: number, label: string, icon: ReactNode, open: boolean): ReactNode => (open
    ? <Link to="/costs" search={monthAfter(at, by) === newest ? {} : { month: monthAfter(at, by) }} replace aria-label={label} className="grid size-8 place-items-center rounded-md text-ink-2 hover:bg-raised">{icon}</Link>
    : <span aria-hidden className="grid size-8 place-items-center text-line-strong">{icon}</span>);
  return (
    <nav aria-label={t('Month')} className="mb-4 flex items-center gap-1">
      {step(-1, t('The month before'), <ChevronLeft aria-hidden className="size-4" />, true)}
      <h2 className="min-w-36 text-center font-semibold tracking-tight">{formatMonth(at)}</h2>
      {step(1, t('The month after'), <ChevronRight aria-hidden className="size-4" />, at < newest)}
    </nav>
  );
};

const Month = ({ report, past }: { readonly report: CostReport; readonly past: boolean }): ReactNode => (
  <div className="grid gap-4">
    {report.totals.map(total => (
      <div key={total.currency} className="grid gap-4">
        <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-4">
          <Amount label={past ? t('Whole month') : t('So far')} testid="cost-so-far" text={formatMoney(total.so_far.gross, total.currency)} beside={t('{net} without VAT', { net: formatMoney(total.so_far.net, total.currency) })} />
          <Amount label={past ? t('Servers') : t('Expected for the month')} testid="cost-forecast" text={past ? String(total.servers) : formatMoney(total.forecast.gross, total.currency)} beside={past ? '' : t('if everything stays as it is')} />
          <Amount label={t('The month before')} testid="cost-previous" text={formatMoney(total.previous.gross, total.currency)} beside={t('{net} without VAT', { net: formatMoney(total.previous.net, total.currency) })} />
          <Amount label={t('What runs now')} testid="cost-now" text={t('{money} an hour', { money: money(total.hourly.gross, total.currency) })} beside={t('at most {gross} a month', { gross: formatMoney(total.monthly.gross, total.currency) })} />
        </dl>
        <Panel title={report.totals.length > 1 ? t('By day, {currency}', { currency: total.currency }) : t('By day')}>
          <DayChart bars={dayBars(report, total.currency, 'gross')} currency={total.currency} label={t('Costs by day in {currency}, with VAT', { currency: total.currency })} />
        </Panel>
      </div>
    ))}
    <Servers report={report} />
    <p className="text-[12px] text-ink-3">{t('Reckoned from started hours and the prices as they were at that time, with VAT; days and months in UTC. The bill of the provider counts.')}</p>
  </div>
);

const Amount = ({ label, text, beside, testid }: { readonly label: string; readonly text: string; readonly beside: string; readonly testid: string }): ReactNode => (
  <div className="bg-surface px-4 py-3"><dt className="eyebrow">{label}</dt><dd data-testid={testid} className="figure mt-0.5 text-[20px] font-semibold leading-7 tracking-tight">{text}</dd>{beside && <dd className="figure text-[12px] text-ink-3">{beside}</dd>}</div>
);

const Servers = ({ report }: { readonly report: CostReport }): ReactNode => {
  const [open, setOpen] = useState<string>();
  const line = report.servers.find(s => s.id === open);
  return (
    <Panel title={t('By server')} flush>
      <div className="overflow-x-auto">
        <table className="w-full text-[13px]">
          <thead><tr className="border-b border-line text-left text-[12px] text-ink-3 [&>th]:px-4 [&>th]:py-2 [&>th]:font-normal">
            <th>{t('Server')}</th><th className="hidden md:table-cell">{t('Type')}</th><th className="hidden text-right lg:table-cell">{t('Hours')}</th><th className="hidden text-right lg:table-cell">IPv4</th><th className="hidden text-right lg:table-cell">{t('Snapshots')}</th><th className="text-right">{t('So far')}</th><th className="hidden text-right sm:table-cell">{t('Expected')}</th>
          </tr></thead>
          <tbody>{report.servers.map(s => <ServerRow key={`${s.id} ${s.currency}`} line={s} onOpen={() => setOpen(s.id)} />)}</tbody>
        </table>
      </div>
      {report.more > 0 && <p className="border-t border-line px-4 py-2.5 text-[12px] text-ink-3">{t('The dearest {servers, number}; {more, number} more are in the sums.', { servers: report.servers.length, more: report.more })}</p>}
      {line && <CostDialog line={line} open onClose={() => setOpen(undefined)} />}
    </Panel>
  );
};

const ServerRow = ({ line, onOpen }: { readonly line: CostLine; readonly onOpen: () => void }): ReactNode => (
  <tr data-testid="cost-row" className="figure border-b border-line last:border-0 [&>td]:px-4 [&>td]:py-2.5">
    <td>
      {line.until ? <span className="text-ink-2">{line.name}</span> : <Link to="/servers/$id" params={{ id: line.id }} className="font-medium hover:underline">{line.name}</Link>}
      {line.until && <Tag>{t('deleted {day}', { day: formatDay(Date.parse(line.until)) })}</Tag>}{line.capped && <Tag>{t('limit reached')}</Tag>}
    </td>
    <td className="hidden text-ink-2 md:table-cell">{line.type} <span className="text-ink-3">{line.location}</span></td>
    <td className="hidden text-right text-ink-2 lg:table-cell">{formatNumber(line.hours)}</td>
    <td className="hidden text-right text-ink-2 lg:table-cell">{money(line.ipv4.so_far.gross, line.currency)}</td>
    <td className="hidden text-right text-ink-2 lg:table-cell">{money(line.snapshots.so_far.gross, line.currency)}</td>
    <td className="text-right"><button type="button" onClick={onOpen} aria-label={t('What {name} costs: {money} so far', { name: line.name, money: money(line.so_far.gross, line.currency) })} className="rounded underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-ink">{money(line.so_far.gross, line.currency)}</button></td>
    <td className="hidden text-right text-ink-2 sm:table-cell">{money(line.forecast.gross, line.currency)}</td>
  </tr>
);
