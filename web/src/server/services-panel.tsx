import type { ReactNode } from 'react';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Panel } from '../ui/panel.js';
import { Dot } from '../ui/status-pill.js';
import { useLastSamples } from './server.data.js';
import { serviceRows } from './services.js';

/** The services that matter here, as of the last sample. */
export const ServicesPanel = ({ id }: { readonly id: string }): ReactNode => {
  const sample = useLastSamples().rows.get(id);
  if (!sample?.services) return null;
  const rows = serviceRows(sample.services);
  return (
    <Panel title={t('Services')} flush aside={<span className="text-[12px] text-ink-3">{rich('As of {when}', { when: <Ago at={sample.at} /> })}</span>}>
      {rows.length === 0 ? <p className="p-4 text-[13px] text-ink-3">{t('None of the services that are watched is installed.')}</p> : (
        <ul aria-label={t('Services')} className="grid gap-px bg-line sm:grid-cols-2 lg:grid-cols-3">
          {rows.map(row => (
            <li key={row.name} data-service={row.name} className="flex items-center gap-2.5 bg-surface px-4 py-2.5 text-[13px]">
              <Dot tone={row.tone} /><span className="min-w-0 flex-1 truncate">{row.label}</span><span className={row.tone === 'bad' ? 'text-bad' : 'text-ink-2'}>{row.word}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
};
