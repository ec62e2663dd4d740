import type { ReactNode } from 'react';
import type { Server, SetUp } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { toast } from '../ui/toaster.js';
import { cancelSetUp, useRemovalPlan } from './server.data.js';

interface Props { readonly server: Server; readonly kind: SetUp['kind']; readonly open: boolean; readonly onClose: () => void }

/** Stops making a server; says what of it exists already and goes. */
export const CancelSetUp = ({ server, kind, open, onClose }: Props): ReactNode => {
  const client = useClient();
  return (
    <ConfirmDialog open={open} onClose={onClose} title={kind === 'create' ? `Cancel making ${server.name}?` : `Stop setting up ${server.name}?`} action={kind === 'create' ? 'Cancel and delete' : 'Stop set-up'} keep={kind === 'create' ? 'Keep it' : 'Let it go on'}
      effect={kind === 'create' ? <Goes server={server} /> : 'It stops after what it does now. The server stays as it is then; you can set it up again.'}
      run={() => cancelSetUp(client, server.id, {})} onDone={() => toast(kind === 'create' ? 'Being cancelled' : 'Being stopped', server.name)} />
  );
};

/** Asked when the dialog opens: by now more may have been made. */
const Goes = ({ server }: { readonly server: Server }): ReactNode => {
  const { data, error } = useRemovalPlan(server.id);
  const general = 'Everything that was made for it so far goes: the machine at the provider, its SSH key there, its keys here. That is looked at before it counts as done. You pay for what it ran.';
  if (error) return general;
  if (!data) return <span role="status">Looking what was made so far…</span>;
  return (
    <div className="grid gap-2">
      <p>{data.goes.length > 0 ? 'This was made so far, and goes for good:' : general}</p>
      {data.goes.length > 0 && <ul className="list-disc space-y-1 pl-5 text-[13px]">{data.goes.map(g => <li key={g.text}>{g.text}</li>)}</ul>}
      {data.unknown.map(u => <p key={u} className="text-[13px]">Could not be asked: {u}</p>)}
    </div>
  );
};
