import { Link, useSearch } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Coins } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import type { CostLine, CostReport } from '../contracts.js';
import { formatDay } from '../lib/format.js';
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
    <Page title="Costs">
      <PageBody>
        {denied && <Denied what={t('costs')} right="vps.cost.read" />}
        {problem && <ProblemNote className="mb-4" problem={problem} onRetry={retry} />}
        {!denied && <Months at={month ?? report?.month ?? thisMonth} newest={thisMonth} />}
        {loading && <div role="status" aria-label="Loading the costs" className="grid gap-4"><Skeleton className="h-24 rounded-xl" /><Skeleton className="h-52 rounded-xl" /><Skeleton className="h-40 rounded-xl" /></div>}
        {report && (report.servers.length > 0 ? <Month report={report} past={report.month < thisMonth} /> : <NoCosts past={report.month < thisMonth} />)}
      </PageBody>
    </Page>
  );
};

const NoCosts = ({ past }: { readonly past: boolean }): ReactNode => (
  <EmptyState icon={<Coins />} title={past ? 'Nothing cost anything in this month' : 'Nothing costs anything yet'}>
    Servers that are made here at a provider are reckoned by the hour, with their IPv4 address and snapshots. Adopted machines are paid elsewhere.
  </EmptyState>
);

const Months = ({ at, newest }: { readonly at: string; readonly newest: string }): ReactNode => {
  const step = (by: number, label: string, icon: ReactNode, open: boolean): ReactNode => (open
    ? <Link to="/costs" search={monthAfter(at, by) === newest ? {} : { month: monthAfter(at, by) }} replace aria-label={label} className="grid size-8 place-items-center rounded-md text-ink-2 hover:bg-raised">{icon}</Link>
    : <span aria-hidden className="grid size-8 place-items-center text-line-strong">{icon}</span>);
  return (
    <nav aria-label="Month" className="mb-4 flex items-center gap-1">
      {step(-1, 'The month before', <ChevronLeft aria-hidden className="size-4" />, true)}
      <h2 className="min-w-36 text-center font-semibold tracking-tight">{formatMonth(at)}</h2>
      {step(1, 'The month after', <ChevronRight aria-hidden className="size-4" />, at < newest)}
    </nav>
  );
};

const Month = ({ report, past }: { readonly report: CostReport; readonly past: boolean }): ReactNode => (
  <div className="grid gap-4">
    {report.totals.map(total => (
      <div key={total.currency} className="grid gap-4">
        <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-4">
          <Amount label={past ? 'Whole month' : 'So far'} testid="cost-so-far" text={formatMoney(total.so_far.gross, total.currency)} beside={`${formatMoney(total.so_far.net, total.currency)} without VAT`} />
          <Amount label={past ? 'Servers' : 'Expected for the month'} testid="cost-forecast" text={past ? String(total.servers) : formatMoney(total.forecast.gross, total.currency)} beside={past ? '' : 'if everything stays as it is'} />
          <Amount label="The month before" testid="cost-previous" text={formatMoney(total.previous.gross, total.currency)} beside={`${formatMoney(total.previous.net, total.currency)} without VAT`} />
          <Amount label="What runs now" testid="cost-now" text={`${money(total.hourly.gross, total.currency)} an hour`} beside={`at most ${formatMoney(total.monthly.gross, total.currency)} a month`} />
        </dl>
        <Panel title={report.totals.length > 1 ? `By day, ${total.currency}` : 'By day'}>
          <DayChart bars={dayBars(report, total.currency, 'gross')} currency={total.currency} label={`Costs by day in ${total.currency}, with VAT`} />
        </Panel>
      </div>
    ))}
    <Servers report={report} />
    <p className="text-[12px] text-ink-3">Reckoned from started hours and the prices as they were at that time, with VAT; days and months in UTC. The bill of the provider counts.</p>
  </div>
);

const Amount = ({ label, text, beside, testid }: { readonly label: string; readonly text: string; readonly beside: string; readonly testid: string }): ReactNode => (
  <div className="bg-surface px-4 py-3"><dt className="eyebrow">{label}</dt><dd data-testid={testid} className="figure mt-0.5 text-[20px] font-semibold leading-7 tracking-tight">{text}</dd>{beside && <dd className="figure text-[12px] text-ink-3">{beside}</dd>}</div>
);

const Servers = ({ report }: { readonly report: CostReport }): ReactNode => {
  const [open, setOpen] = useState<string>();
  const line = report.servers.find(s => s.id === open);
  return (
    <Panel title="By server" flush>
      <div className="overflow-x-auto">
        <table className="w-full text-[13px]">
          <thead><tr className="border-b border-line text-left text-[12px] text-ink-3 [&>th]:px-4 [&>th]:py-2 [&>th]:font-normal">
            <th>Server</th><th className="hidden md:table-cell">Type</th><th className="hidden text-right lg:table-cell">Hours</th><th className="hidden text-right lg:table-cell">IPv4</th><th className="hidden text-right lg:table-cell">Snapshots</th><th className="text-right">So far</th><th className="hidden text-right sm:table-cell">Expected</th>
          </tr></thead>
          <tbody>{report.servers.map(s => <ServerRow key={`${s.id} ${s.currency}`} line={s} onOpen={() => setOpen(s.id)} />)}</tbody>
        </table>
      </div>
      {report.more > 0 && <p className="border-t border-line px-4 py-2.5 text-[12px] text-ink-3">The dearest {report.servers.length.toLocaleString('en-GB')}; {report.more.toLocaleString('en-GB')} more are in the sums.</p>}
      {line && <CostDialog line={line} open onClose={() => setOpen(undefined)} />}
    </Panel>
  );
};

const ServerRow = ({ line, onOpen }: { readonly line: CostLine; readonly onOpen: () => void }): ReactNode => (
  <tr data-testid="cost-row" className="figure border-b border-line last:border-0 [&>td]:px-4 [&>td]:py-2.5">
    <td>
      {line.until ? <span className="text-ink-2">{line.name}</span> : <Link to="/servers/$id" params={{ id: line.id }} className="font-medium hover:underline">{line.name}</Link>}
      {line.until && <Tag>deleted {formatDay(Date.parse(line.until))}</Tag>}{line.capped && <Tag>limit reached</Tag>}
    </td>
    <td className="hidden text-ink-2 md:table-cell">{line.type} <span className="text-ink-3">{line.location}</span></td>
    <td className="hidden text-right text-ink-2 lg:table-cell">{line.hours.toLocaleString('en-GB')}</td>
    <td className="hidden text-right text-ink-2 lg:table-cell">{money(line.ipv4.so_far.gross, line.currency)}</td>
    <td className="hidden text-right text-ink-2 lg:table-cell">{money(line.snapshots.so_far.gross, line.currency)}</td>
    <td className="text-right"><button type="button" onClick={onOpen} aria-label={`What ${line.name} costs: ${money(line.so_far.gross, line.currency)} so far`} className="rounded underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-ink">{money(line.so_far.gross, line.currency)}</button></td>
    <td className="hidden text-right text-ink-2 sm:table-cell">{money(line.forecast.gross, line.currency)}</td>
  </tr>
);
