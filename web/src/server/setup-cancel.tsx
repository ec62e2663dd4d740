import type { ReactNode } from 'react';
import type { Server, SetUp } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { toast } from '../ui/toaster.js';
import { cancelSetUp, useRemovalPlan } from './server.data.js';

interface Props { readonly server: Server; readonly kind: SetUp['kind']; readonly open: boolean; readonly onClose: () => void }

/** Stops making a server; says what of it exists already and goes. */
export const CancelSetUp = ({ server, kind, open, onClose }: Props): ReactNode => {
  const client = useClient();
  return (
    <ConfirmDialog open={open} onClose={onClose} title={kind === 'create' ? t('Cancel making {name}?', { name: server.name }) : t('Stop setting up {name}?', { name: server.name })} action={kind === 'create' ? t('Cancel and delete') : t('Stop set-up')} keep={kind === 'create' ? t('Keep it') : t('Let it go on')}
      effect={kind === 'create' ? <Goes server={server} /> : t('It stops after what it does now. The server stays as it is then; you can set it up again.')}
      run={() => cancelSetUp(client, server.id, {})} onDone={() => toast(kind === 'create' ? t('Being cancelled') : t('Being stopped'), server.name)} />
  );
};

/** Asked when the dialog opens: by now more may have been made. */
const Goes = ({ server }: { readonly server: Server }): ReactNode => {
  const { data, error } = useRemovalPlan(server.id);
  const general = t('Everything that was made for it so far goes: the machine at the provider, its SSH key there, its keys here. That is looked at before it counts as done. You pay for what it ran.');
  if (error) return general;
  if (!data) return <span role="status">{t('Looking what was made so far…')}</span>;
  return (
    <div className="grid gap-2">
      <p>{data.goes.length > 0 ? t('This was made so far, and goes for good:') : general}</p>
      {data.goes.length > 0 && <ul className="list-disc space-y-1 pl-5 text-[13px]">{data.goes.map(g => <li key={g.text}>{g.text}</li>)}</ul>}
      {data.unknown.map(u => <p key={u} className="text-[13px]">{t('Could not be asked: {u}', { u })}</p>)}
    </div>
  );
};
