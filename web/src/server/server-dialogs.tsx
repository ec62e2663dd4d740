import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { deleteServer, renameServer, type Server } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';

interface Props { readonly server: Server; readonly open: boolean; readonly onClose: () => void }

export const RenameServerDialog = ({ server, open, onClose }: Props): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={`Rename ${server.name}`} description="Only the name in Xanthus changes; the machine’s own host name stays.">
    <RenameForm server={server} onClose={onClose} />
  </Dialog>
);

const RenameForm = ({ server, onClose }: Omit<Props, 'open'>): ReactNode => {
  const client = useClient();
  const [name, setName] = useState(server.name);
  const rename = useMutation({ mutationFn: () => client.command(renameServer, { name: name.trim() }, { id: server.id }), onSuccess: () => { onClose(); toast('Renamed', `${server.name} is now ${name.trim()}.`); } });
  const problem = rename.error ? toProblem(rename.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); rename.mutate(); };
  return (
    <form onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote className="mb-3" problem={problem} />}
      <Field label="Name" required value={name} onChange={e => setName(e.target.value)} hint="3–63 letters, digits and hyphens." problem={fieldProblems(problem)['name']} />
      <DialogActions><Button onClick={onClose}>Cancel</Button><Button kind="primary" type="submit" busy={rename.isPending} blocked={name.trim() === server.name ? 'The name is the same.' : undefined}>Rename</Button></DialogActions>
    </form>
  );
};

export const RemoveServerDialog = ({ server, open, onClose, onRemoved }: Props & { readonly onRemoved: () => void }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={`Remove ${server.name}?`}
    description={<>Xanthus forgets this server and destroys the credential it holds for it. The machine at <span className="font-mono text-[13px] text-ink">{server.host}</span> stays exactly as it is; its history is kept. You can adopt it again.</>}>
    <RemoveForm server={server} onClose={onClose} onRemoved={onRemoved} />
  </Dialog>
);

const RemoveForm = ({ server, onClose, onRemoved }: Omit<Props, 'open'> & { readonly onRemoved: () => void }): ReactNode => {
  const client = useClient();
  const [typed, setTyped] = useState('');
  const remove = useMutation({ mutationFn: () => client.command(deleteServer, {}, { id: server.id }), onSuccess: () => { toast('Removed', `${server.name} is no longer managed here.`); onRemoved(); } });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (typed === server.name) remove.mutate(); };
  return (
    <form onSubmit={submit}>
      {remove.error && <ProblemNote className="mb-3" problem={toProblem(remove.error)} />}
      <Field label={`Type ${server.name} to confirm`} autoComplete="off" value={typed} onChange={e => setTyped(e.target.value)} />
      <DialogActions><Button onClick={onClose}>Cancel</Button><Button kind="danger" type="submit" busy={remove.isPending} blocked={typed === server.name ? undefined : `Type ${server.name} first.`}>Remove server</Button></DialogActions>
    </form>
  );
};
