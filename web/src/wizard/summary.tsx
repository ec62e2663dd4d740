import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ProviderAccount, ProviderKind } from '../contracts.js';
import { formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';
import type { Draft, Step } from './draft.js';
import { describeType } from './offers.js';
import { stepSearch } from './step-trail.js';
import type { Order } from './use-order.js';

interface Props { readonly draft: Draft; readonly kind: ProviderKind | undefined; readonly accounts: readonly ProviderAccount[]; readonly order: Order; readonly at: Step }

/** What is chosen so far, and what it costs; beside the steps where there is room. */
export const Summary = ({ draft, kind, accounts, order: { places, offer, types }, at }: Props): ReactNode => {
  const place = places.data?.find(l => l.name === draft.location);
  const rows: readonly (readonly [Step, string, string | undefined, string?])[] = [
    ['provider', t('Provider'), kind?.title],
    ...(kind?.key === null ? [] : [['key', t('Account'), accounts.find(a => a.id === draft.account)?.name] as const]),
    ['location', t('Location'), draft.location ? place?.city || draft.location : undefined],
    ['type', t('Type'), draft.type || undefined, offer && describeType(offer.type)],
  ];
  return (
    <aside aria-label={t('Chosen so far')} className="sticky top-20 hidden rounded-xl border border-line bg-surface lg:block">
      <dl className="divide-y divide-line text-[13px]">
        {rows.map(([step, label, value, more]) => (
          <div key={step} className="px-4 py-2.5">
            <dt className="flex items-baseline justify-between text-[12px] text-ink-3">{label}{value && step !== at && <Link to="/servers/new" search={stepSearch(step)} className="text-accent-ink underline underline-offset-2">{t('Change')}<span className="sr-only"> {label.toLowerCase()}</span></Link>}</dt>
            <dd className={value ? 'text-ink' : 'text-ink-3'}>{value ?? t('Not chosen yet')}{more && <span className="block text-[12px] text-ink-3">{more}</span>}</dd>
          </div>
        ))}
      </dl>
      {offer && types.data && kind?.capabilities.prices !== false && (
        <p className="border-t border-line px-4 py-3"><span className="figure text-[20px] font-semibold tracking-tight">{formatMoney(offer.cost.monthly.gross, types.data.pricing.currency)}</span> <span className="text-[12px] text-ink-3">{t('a month at most, all in')}</span></p>
      )}
    </aside>
  );
};
