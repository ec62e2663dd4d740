import type { ReactNode } from 'react';
import type { CostLine } from '../contracts.js';
import { formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';
import { Dialog } from '../ui/dialog.js';
import { breakdown, money, vatOf } from './cost-model.js';
import { Why } from '../why/why.js';

/** What the amount of one server is made of. */
export const CostDialog = ({ line, open, onClose }: { readonly line: CostLine; readonly open: boolean; readonly onClose: () => void }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('What {name} costs', { name: line.name })} description={<>{t('{hours, plural, one {{type} in {location}, one started hour this month.} other {{type} in {location}, # started hours this month.}}', { hours: line.hours, type: line.type, location: line.location })}</>}>
    <table className="w-full text-[13px]">
      <thead><tr className="border-b border-line text-left text-[12px] text-ink-3 [&>th]:py-1.5 [&>th]:font-normal"><th>{t('With VAT')}</th><th className="text-right">{t('So far')}</th><th className="text-right">{t('Whole month')}</th></tr></thead>
      <tbody className="figure">
        {breakdown(line).map(([name, sum]) => <tr key={name} className="[&>td]:py-1.5"><td>{name}</td><td className="text-right">{money(sum.so_far.gross, line.currency)}</td><td className="text-right text-ink-2">{money(sum.forecast.gross, line.currency)}</td></tr>)}
        <tr className="border-t border-line font-medium [&>td]:py-1.5"><td>{t('Together')}</td><td className="text-right">{money(line.so_far.gross, line.currency)}</td><td className="text-right">{money(line.forecast.gross, line.currency)}</td></tr>
        <tr className="text-ink-3 [&>td]:py-1"><td>{t('of it VAT ({percent} %)', { percent: Number(line.vat_percent) })}</td><td className="text-right">{money(vatOf(line.so_far), line.currency)}</td><td className="text-right">{money(vatOf(line.forecast), line.currency)}</td></tr>
      </tbody>
    </table>
    <p className="mt-4 text-[13px] text-ink-2">
      {line.until ? t('It is gone; nothing more comes.') : <>{t('Now {hour} an hour, never more than {month} a month.', { hour: formatMoney(line.hourly.gross, line.currency, 4), month: formatMoney(line.monthly.gross, line.currency) })} {line.capped ? t('That limit is reached: further hours of this month cost nothing.') : t('A server that is switched off costs the same.')}</>}
    </p>
    <p className="group/fact mt-2 text-[12px] text-ink-3">{t('Reckoned from hours and prices as they were; the bill of the provider counts.')} <Why service="vps" view="costs" id={line.id} path="" name={t('What {name} costs', { name: line.name })} /></p>
  </Dialog>
);
