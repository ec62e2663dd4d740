import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Server } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { renameServer } from './server.data.js';

interface Props { readonly server: Server; readonly open: boolean; readonly onClose: () => void }

export const RenameServerDialog = ({ server, open, onClose }: Props): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('Rename {name}', { name: server.name })} description={server.provider_id ? t('Here and at its provider; the host name inside the machine stays.') : t('Only the name in Xanthus changes; the machine’s own host name stays.')}>
    <RenameForm server={server} onClose={onClose} />
  </Dialog>
);

const RenameForm = ({ server, onClose }: Omit<Props, 'open'>): ReactNode => {
  const client = useClient();
  const [name, setName] = useState(server.name);
  const rename = useMutation({ mutationFn: () => renameServer(client, server.id, { name: name.trim() }), onSuccess: () => { onClose(); toast(t('Renamed'), t('{name} is now {new_name}.', { name: server.name, new_name: name.trim() })); } });
  const problem = rename.error ? toProblem(rename.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); rename.mutate(); };
  return (
    <form onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote className="mb-3" problem={problem} />}
      <Field label={t('Name')} required value={name} onChange={e => setName(e.target.value)} hint={t('3–63 letters, digits and hyphens.')} problem={fieldProblems(problem)['name']} />
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={rename.isPending} blocked={name.trim() === server.name ? t('The name is the same.') : undefined}>{t('Rename')}</Button></DialogActions>
    </form>
  );
};
