import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { BellRing } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { Server } from '../contracts.js';
import { formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';
import { CopyButton } from '../ui/copy-button.js';
import { Panel } from '../ui/panel.js';
import { StatusPill } from '../ui/status-pill.js';
import { useWindowRows } from '../ui/window-rows.js';
import { describeServer, type Monthly } from './server-list.js';
import { stateOf } from './server-state.js';
import { ServerSpark, type MetricsBoard } from './use-metrics.js';

interface Props {
  readonly servers: readonly Server[];
  readonly board: MetricsBoard;
  readonly costs: ReadonlyMap<string, Monthly>;
  /** Open alerts that nobody has seen to, by server. */
  readonly alerts: ReadonlyMap<string, number>;
  readonly title: (kind: string) => string;
  /** In place of rows when none fits. */
  readonly none: ReactNode;
}

/** Height of a row with its line, px. */
const ROW = 53;
const Gap = ({ height }: { readonly height: number }): ReactNode => (height > 0 ? <tr aria-hidden><td colSpan={5} style={{ height }} /></tr> : null);

export const ServerTable = ({ servers, board, costs, alerts, title, none }: Props): ReactNode => {
  const { list, indices, before, after } = useWindowRows<HTMLTableSectionElement>(servers.length, ROW, i => servers[i]?.id ?? i);
  if (servers.length === 0) return <Panel>{none}</Panel>;
  return (
    <Panel flush className="overflow-hidden">
      <table aria-rowcount={servers.length + 1} className="drawn-in-part w-full table-fixed text-[13px]">
        <thead>
          <tr className="border-b border-line text-left text-[12px] text-ink-3 [&>th]:h-9 [&>th]:px-4 [&>th]:font-medium">
            <th scope="col">{t('Server')}</th><th scope="col" className="w-40">{t('Status')}</th><th scope="col" className="hidden w-48 md:table-cell">{t('Address')}</th><th scope="col" className="hidden w-44 lg:table-cell">{t('Load')}</th>
            <th scope="col" className="hidden w-32 text-right sm:table-cell">{t('A month')}</th>
          </tr>
        </thead>
        <tbody ref={list}>
          <Gap height={before} />
          {indices.map(i => {
            const server = servers[i];
            return server && <Row key={server.id} server={server} at={i} board={board} cost={costs.get(server.id)} alerts={alerts.get(server.id) ?? 0} about={describeServer(server, title)} />;
          })}
          <Gap height={after} />
        </tbody>
      </table>
    </Panel>
  );
};

interface RowProps { readonly server: Server; readonly at: number; readonly board: MetricsBoard; readonly cost: Monthly | undefined; readonly alerts: number; readonly about: string }

/** Drawn again only when something of it changed: most of a long list stays as it is. */
const Row = memo(({ server, at, board, cost, alerts, about }: RowProps): ReactNode => {
  const { state, label, tone, moving, sentence } = stateOf(server);
  const load = board.last(server.id)?.load1;
  return (
    <tr data-testid="server-row" data-state={state} aria-rowindex={at + 2} className={clsx('group relative h-13 transition-colors hover:bg-raised/60 [&>td]:px-4', at > 0 && 'border-t border-line')}>
      <td>
        <span className="flex items-center gap-1.5">
          <Link to="/servers/$id" params={{ id: server.id }} search={state === 'creating' || state === 'failed' || state === 'setting-up' ? { tab: 'set-up' } : {}} className="truncate font-medium text-ink after:absolute after:inset-0">{server.name}</Link>
          {alerts > 0 && <span title={t('{alerts, plural, one {One open alert} other {# open alerts}}', { alerts })} className="figure inline-flex shrink-0 items-center gap-0.5 rounded-full bg-bad-wash px-1.5 text-[11px] font-medium text-bad"><BellRing aria-hidden className="size-3" />{alerts}<span className="sr-only">{' '}{t('open alerts')}</span></span>}
        </span>
        <span className="block truncate text-[12px] text-ink-3">{about}</span>
      </td>
      <td title={sentence}><StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill>{state === 'creating' && <span className="block truncate text-[12px] text-ink-3">{sentence}</span>}</td>
      <td className="hidden md:table-cell">{server.host ? <span className="flex min-w-0 items-center gap-0.5"><code className="truncate font-mono text-[12px] text-ink-2">{server.host}</code><CopyButton text={server.host} label={t('Copy address of {name}', { name: server.name })} className="relative z-10" /></span> : <span className="text-ink-3">{t('none yet')}</span>}</td>
      <td className="hidden lg:table-cell"><div className="flex items-center gap-3"><ServerSpark id={server.id} name={server.name} of="load1" board={board} className="w-24" height={24} /><span className="figure text-ink-2">{load === undefined ? '–' : load.toFixed(2)}</span></div></td>
      <td className="figure hidden text-right text-ink-2 sm:table-cell">{cost ? formatMoney(cost.amount, cost.currency) : <span className="text-ink-3">–</span>}</td>
    </tr>
  );
});
