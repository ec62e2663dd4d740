import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { ProviderAccount } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { renameProvider } from './providers.data.js';

export const RenameAccount = ({ account, onDone }: { readonly account: ProviderAccount; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [name, setName] = useState(account.name);
  const rename = useMutation({ mutationFn: () => renameProvider(client, account.id, { name: name.trim() }), onSuccess: () => { toast(t('Account renamed'), name.trim()); onDone(); } });
  const problem = rename.error ? toProblem(rename.error) : undefined;
  const blocked = !name.trim() ? t('Give it a name.') : name.trim() === account.name ? t('The name is the same.') : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!blocked) rename.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Name')} required maxLength={64} value={name} onChange={e => setName(e.target.value)} problem={fieldProblems(problem)['name']} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={rename.isPending} blocked={blocked}>{t('Rename account')}</Button></DialogActions>
    </form>
  );
};
