import { useState, type ReactNode } from 'react';
import type { Application } from '../contracts.js';
import { Field } from '../ui/field.js';
import { PlanDialog } from './plan-dialog.js';

/** Names everything that goes and what stays; the name is typed first. */
export const DeleteDialog = ({ application: a, onClose, onBegun }: { readonly application: Application; readonly onClose: () => void; readonly onBegun: () => void }): ReactNode => {
  const [keep_volumes, setKeep] = useState(false);
  const [typed, setTyped] = useState('');
  const hasVolumes = a.made.some(o => o.sort === 'volume');
  return (
    <PlanDialog title={`Delete ${a.name}?`} action="Delete" danger wish={{ kind: 'delete', application: a.id, keep_volumes }} blocked={typed === a.name ? undefined : `Type ${a.name} first.`} onClose={onClose} onBegun={onBegun}>
      <div className="mb-4 grid gap-3">
        {hasVolumes && <label className="flex items-center gap-2 text-[13px]"><input type="checkbox" checked={keep_volumes} onChange={e => setKeep(e.target.checked)} />Keep its volumes: the data stays on the server</label>}
        <Field label={`Type ${a.name} to confirm`} mono autoComplete="off" value={typed} onChange={e => setTyped(e.target.value)} />
      </div>
    </PlanDialog>
  );
};
