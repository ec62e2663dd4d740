import { useState, type ReactNode } from 'react';
import type { Application } from '../contracts.js';
import { t } from '../texts/text.js';
import { Field } from '../ui/field.js';
import { PlanDialog } from './plan-dialog.js';

/** Names everything that goes and what stays; the name is typed first. */
export const DeleteDialog = ({ application: a, onClose, onBegun }: { readonly application: Application; readonly onClose: () => void; readonly onBegun: () => void }): ReactNode => {
  const [keep_volumes, setKeep] = useState(false);
  const [typed, setTyped] = useState('');
  const hasVolumes = a.made.some(o => o.sort === 'volume');
  return (
    <PlanDialog title={t('Delete {name}?', { name: a.name })} action={t('Delete')} danger wish={{ kind: 'delete', application: a.id, keep_volumes }} blocked={typed === a.name ? undefined : t('Type {name} first.', { name: a.name })} onClose={onClose} onBegun={onBegun}>
      <div className="mb-4 grid gap-3">
        {hasVolumes && <label className="flex items-center gap-2 text-[13px]"><input type="checkbox" checked={keep_volumes} onChange={e => setKeep(e.target.checked)} />{t('Keep its volumes: the data stays on the server')}</label>}
        <Field label={t('Type {name} to confirm', { name: a.name })} mono autoComplete="off" value={typed} onChange={e => setTyped(e.target.value)} />
      </div>
    </PlanDialog>
  );
};
