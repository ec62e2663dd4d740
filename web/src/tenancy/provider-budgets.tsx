import type { ReactNode } from 'react';
import type { ProviderBudget } from '../contracts.js';
import { formatDuration, formatTime } from '../lib/format.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Panel } from '../ui/panel.js';
import { StatusPill, type Tone } from '../ui/status-pill.js';
import { useProviderBudgets } from './tenancy.data.js';

const NAMES: Readonly<Record<string, string>> = { cloudflare: 'Cloudflare' };
const CIRCUITS: Readonly<Record<ProviderBudget['circuit'], readonly [Tone, string]>> = { closed: ['ok', t('Answers')], half_open: ['warn', t('Tried again')], open: ['bad', t('Left alone')] };

type Budget = Pick<ProviderBudget, 'limit' | 'used' | 'window_s' | 'resets_at' | 'circuit' | 'retry_at'>;

/** How much of each provider's rate limit is used, over all of Xanthus. Shown once something was called. */
export const ProviderBudgets = (): ReactNode => {
  const { rows } = useProviderBudgets();
  return <BudgetPanel of={[...rows.values()].map(b => ({ ...b, key: b.provider, name: NAMES[b.provider] ?? b.provider }))} />;
};

/** Rate limits, each with what is used of it and whether it is called at all. */
export const BudgetPanel = ({ of }: { readonly of: readonly (Budget & { readonly key: string; readonly name: string })[] }): ReactNode => {
  const now = useNow();
  if (of.length === 0) return null;
  return (
    <Panel title={t('Budget used at providers')} flush>
      <ul aria-label={t('Budget used at providers')} className="divide-y divide-line">
        {of.toSorted((a, b) => a.name.localeCompare(b.name)).map(({ key, name, ...b }) => {
          // A window that is over is a fresh one: nothing tells when nobody calls.
          const used = Date.parse(b.resets_at) <= now ? 0 : Math.min(b.used, b.limit);
          const part = b.limit === 0 ? 1 : used / b.limit;
          const [tone, word] = CIRCUITS[b.circuit];
          return (
            <li key={key} className="grid gap-2 px-4 py-3">
              <div className="flex flex-wrap items-center justify-between gap-2 text-[13px]"><span className="font-medium">{name}</span><StatusPill tone={tone}>{b.circuit === 'open' && b.retry_at ? t('{word} until {time}', { word, time: formatTime(Date.parse(b.retry_at)) }) : word}</StatusPill></div>
              <div role="meter" aria-label={t('Budget used at {name}', { name })} aria-valuemin={0} aria-valuemax={b.limit} aria-valuenow={used} className="h-1.5 overflow-hidden rounded-full bg-raised">
                <div className={`h-full rounded-full ${part > 0.9 ? 'bg-bad' : part > 0.7 ? 'bg-warn' : 'bg-ok'}`} style={{ width: `${part * 100}%` }} />
              </div>
              <p className="figure text-[12px] text-ink-3">{t('{used, number} of {limit, number} calls in {window_s}', { used, limit: b.limit, window_s: formatDuration(b.window_s) })}{used > 0 ? t(' · fresh at {time}', { time: formatTime(Date.parse(b.resets_at)) }) : ''}</p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
};
