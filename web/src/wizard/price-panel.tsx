import type { ReactNode } from 'react';
import type { Catalogue } from '../contracts.js';
import { formatMoney, type Price } from '../lib/money.js';
import { t } from '../texts/text.js';
import type { Cost } from './offers.js';

const trim = (percent: string): string => (percent.includes('.') ? percent.replace(/\.?0+$/, '') : percent);

/** What it costs: per hour, per month at most; its parts, with VAT and without. */
export const PricePanel = ({ cost, pricing }: { readonly cost: Cost; readonly pricing: Catalogue['pricing'] }): ReactNode => {
  const { currency, vat_percent } = pricing;
  const month = (p: Price): string => formatMoney(p.gross, currency);
  const hour = (p: Price): string => formatMoney(p.gross, currency, 4);
  const rows: readonly (readonly [string, { readonly hourly: Price; readonly monthly: Price } | undefined])[] = [[t('Server'), cost.server], [t('IPv4 address'), cost.ipv4]];
  return (
    <div data-testid="price">
      <table className="w-full text-[13px]">
        <caption className="sr-only">{t('Price with {trim} % VAT', { trim: trim(vat_percent) })}</caption>
        <thead><tr className="text-[12px] text-ink-3 [&>th]:pb-1 [&>th]:font-medium"><th scope="col" className="text-left">{t('With {trim} % VAT', { trim: trim(vat_percent) })}</th><th scope="col" className="text-right">{t('an hour')}</th><th scope="col" className="text-right">{t('a month, at most')}</th></tr></thead>
        <tbody>
          {rows.map(([label, p]) => p && <tr key={label} className="[&>*]:py-0.5"><th scope="row" className="text-left font-normal text-ink-2">{label}</th><td className="figure text-right text-ink-2">{hour(p.hourly)}</td><td className="figure text-right text-ink-2">{month(p.monthly)}</td></tr>)}
          <tr className="border-t border-line [&>*]:pt-1.5"><th scope="row" className="text-left font-medium">{t('Together')}</th><td className="figure text-right font-medium">{hour(cost.hourly)}</td><td className="figure text-right font-medium">{month(cost.monthly)}</td></tr>
        </tbody>
      </table>
      <p className="mt-2 text-[12px] text-ink-3">{t('Billed by the hour until the monthly amount is reached; more hours of that month cost nothing. {net} without VAT. Traffic above what is included, snapshots and volumes are extra.', { net: formatMoney(cost.monthly.net, currency) })}</p>
    </div>
  );
};
