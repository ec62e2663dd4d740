import { clsx } from 'clsx';
import { Cloud, CloudOff, HandHelping, Trash2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Zone } from '../contracts.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { wishBulk, type Bulk, type Row } from './pending.js';
import { TTLS } from './record-model.js';
import { PROXIABLE } from './record-types.js';
import { useOwning } from './use-owning.js';
import type { Collected } from './use-zone.js';

interface Props { readonly zone: Zone; readonly rows: readonly Row[]; readonly pending: Collected; readonly blocked: string | undefined; readonly onClear: () => void }

/** What can be done with the chosen records at once; it joins the unsaved changes. */
export const BulkBar = ({ zone, rows, pending, blocked, onClear }: Props): ReactNode => {
  const { adopt, mayAdopt } = useOwning(zone);
  const foreign = rows.flatMap(r => (r.record?.owned === false ? [r.record.id] : []));
  const act = (bulk: Bulk): void => { pending.change(all => wishBulk(all, rows, bulk, zone.name, PROXIABLE)); onClear(); };
  return (
    <div role="region" aria-label={t('Selected records')} className="sticky top-[84px] z-20 mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-accent/40 bg-surface px-3 py-2 shadow-pop">
      <p className="figure text-[13px] font-medium">{t('{rows, number} selected', { rows: rows.length })}</p>
      <div className="flex flex-wrap items-center gap-1.5">
        <Button size="sm" kind="danger" blocked={blocked} icon={<Trash2 aria-hidden className="size-3.5" />} onClick={() => act({ delete: true })}>{t('Delete')}</Button>
        <select aria-label={t('Set TTL of the selected records')} value="" disabled={blocked !== undefined} onChange={e => act({ ttl: Number(e.target.value) })} className={clsx(inputClass, 'h-7 !w-auto pr-7 text-[13px]')}>
          <option value="" disabled>{t('TTL…')}</option>{TTLS.map(([s, text]) => <option key={s} value={s}>{text}</option>)}
        </select>
        <Button size="sm" blocked={blocked} icon={<Cloud aria-hidden className="size-3.5" />} onClick={() => act({ proxied: true })}>{t('Proxy')}</Button>
        <Button size="sm" blocked={blocked} icon={<CloudOff aria-hidden className="size-3.5" />} onClick={() => act({ proxied: false })}>{t('DNS only')}</Button>
        {foreign.length > 0 && <Button size="sm" busy={adopt.isPending} blocked={mayAdopt ? undefined : NOT_YOURS} icon={<HandHelping aria-hidden className="size-3.5" />} onClick={() => adopt.mutate(foreign)}>{t('Adopt {foreign}', { foreign: foreign.length })}</Button>}
      </div>
      <IconButton label={t('Clear the selection')} className="ml-auto" onClick={onClear}><X aria-hidden className="size-4" /></IconButton>
    </div>
  );
};
