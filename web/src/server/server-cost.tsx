import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { Server } from '../contracts.js';
import { CostDialog } from '../costs/cost-dialog.js';
import { useCosts } from '../costs/use-costs.js';
import { formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';
import { Panel } from '../ui/panel.js';

/** This month's cost of a server; a click takes it apart. Nothing is known of what is paid elsewhere. */
export const ServerCost = ({ server }: { readonly server: Server }): ReactNode => server.provider_id !== undefined && <Known server={server} />;

const Known = ({ server }: { readonly server: Server }): ReactNode => {
  const line = useCosts().report?.servers.find(s => s.id === server.id);
  const [open, setOpen] = useState(false);
  if (!line) return null;
  return (
    <Panel title={t('Cost this month')} aside={<Link to="/costs" className="text-[13px] text-accent-ink underline underline-offset-2">{t('All costs')}</Link>}>
      <button type="button" data-testid="server-cost" onClick={() => setOpen(true)} className="group flex w-full flex-wrap items-baseline gap-x-3 rounded text-left">
        <span className="figure text-[22px] font-semibold leading-7 tracking-tight underline decoration-line-strong decoration-dotted underline-offset-4 group-hover:decoration-ink">{formatMoney(line.so_far.gross, line.currency)}</span>
        <span className="figure text-[12px] text-ink-3">{t('{expected} expected · at most {most}', { expected: formatMoney(line.forecast.gross, line.currency), most: formatMoney(line.monthly.gross, line.currency) })}</span>
        <span className="sr-only">{t('What it is made of')}</span>
      </button>
      <CostDialog line={line} open={open} onClose={() => setOpen(false)} />
    </Panel>
  );
};
