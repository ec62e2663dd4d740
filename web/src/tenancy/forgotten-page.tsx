import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { EntryFrame } from '../session/entry-frame.js';
import { t } from '../texts/text.js';
import { buttonClass } from '../ui/button.js';
import { readFarewell } from './farewell.js';

const receiptCommand = (tenant: string): string => `npm start -- receipt ${tenant}`;

/** After an organisation was forgotten: the receipt, which nobody else keeps. */
export const ForgottenPage = (): ReactNode => {
  const farewell = readFarewell();
  const away = <Link to="/login" className={buttonClass()}>{t('Go to the log-in')}</Link>;
  if (!farewell) return <EntryFrame title={t('Nothing to show')} text={t('The receipt of a forgotten organisation is shown once.')}>{away}</EntryFrame>;
  const { tenant, name, receipt } = farewell;
  return (
    <EntryFrame title={t('{name} is forgotten', { name })} text={t('Nobody can read its secrets or personal data any more, here or in a backup.')}>
      <div className="grid gap-4 text-ink-2">
        {receipt
          ? <p>{t('This receipt, signed by the installation, says what was destroyed and when. Keep it: nothing else of {name} is left to ask.', { name })}</p>
          : <><p>{t('Its keys are being destroyed now. Whoever runs this installation can give you the receipt:')}</p><code className="rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-[13px] text-ink">{receiptCommand(tenant)}</code></>}
        <div className="flex flex-wrap gap-2">
          {receipt && <a className={buttonClass('primary')} download={`xanthus-receipt-${tenant}.jws`} href={`data:application/octet-stream,${encodeURIComponent(receipt)}`}><Download aria-hidden className="size-4" />{t('Download receipt')}</a>}
          {away}
        </div>
      </div>
    </EntryFrame>
  );
};
