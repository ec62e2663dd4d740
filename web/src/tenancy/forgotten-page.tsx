import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { EntryFrame } from '../session/entry-frame.js';
import { buttonClass } from '../ui/button.js';
import { readFarewell } from './farewell.js';

/** After an organisation was forgotten: the receipt, which nobody else keeps. */
export const ForgottenPage = (): ReactNode => {
  const farewell = readFarewell();
  const away = <Link to="/login" className={buttonClass()}>Go to the log-in</Link>;
  if (!farewell) return <EntryFrame title="Nothing to show" text="The receipt of a forgotten organisation is shown once.">{away}</EntryFrame>;
  const { tenant, name, receipt } = farewell;
  return (
    <EntryFrame title={`${name} is forgotten`} text="Nobody can read its secrets or personal data any more, here or in a backup.">
      <div className="grid gap-4 text-ink-2">
        {receipt
          ? <p>This receipt, signed by the installation, says what was destroyed and when. Keep it: nothing else of {name} is left to ask.</p>
          : <><p>Its keys are being destroyed now. Whoever runs this installation can give you the receipt:</p><code className="rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-[13px] text-ink">npm start -- receipt {tenant}</code></>}
        <div className="flex flex-wrap gap-2">
          {receipt && <a className={buttonClass('primary')} download={`xanthus-receipt-${tenant}.jws`} href={`data:application/octet-stream,${encodeURIComponent(receipt)}`}><Download aria-hidden className="size-4" />Download receipt</a>}
          {away}
        </div>
      </div>
    </EntryFrame>
  );
};
