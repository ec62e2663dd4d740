import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { AuthorizedKey, Server, SshKey } from '../../contracts.js';
import { useSshKeys } from '../../keys/keys.data.js';
import { fieldProblems, toProblem } from '../../lib/problem.js';
import { useClient } from '../../live/live-context.js';
import { t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { SelectField, TextField } from '../../ui/field.js';
import { Panel, SkeletonRows } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { ListRow, Tag } from '../../ui/row-list.js';
import { toast } from '../../ui/toaster.js';
import { addServerKey, removeServerKey, serverKeys } from '../server.data.js';
import { useActions } from '../use-actions.js';
import { useAsked } from '../use-asked.js';

/** Who may log in to the machine itself; read from it when this is shown. */
export const KeysPanel = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const queries = useQueryClient();
  const key = ['server-keys', client.tenant, server.id];
  const { may, enabled } = useAsked(server, serverKeys);
  const { data, error, isFetching, refetch } = useQuery({ queryKey: key, queryFn: () => serverKeys(client, {}, server.id), enabled, staleTime: 0 });
  const tenantKeys = useSshKeys().rows;
  const { blocked } = useActions(server)('change-keys');
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<AuthorizedKey>();
  const again = (): void => void queries.invalidateQueries({ queryKey: key });
  if (!may) return null;
  const nameOf = (k: AuthorizedKey): string => (k.ssh_key && tenantKeys.get(k.ssh_key)?.name) || k.comment || t('without a name');
  return (
    <Panel title={t('SSH keys')} flush aside={<Button size="sm" blocked={blocked} icon={<Plus aria-hidden className="size-3.5" />} onClick={() => setAdding(true)}>{t('Add key')}</Button>}>
      {error && <ProblemNote className="m-3" problem={toProblem(error)} onRetry={() => void refetch()} />}
      {!enabled && !data && <p className="p-4 text-[13px] text-ink-3">{t('They are read from the machine, which can’t be reached now.')}</p>}
      {isFetching && !data && <SkeletonRows label={t('Reading the keys')} rows={2} />}
      {data && !data.reachable && data.reason && <ProblemNote className="m-3" tone="warn" problem={{ ...data.reason, retryable: true }} onRetry={() => void refetch()} />}
      {data?.reachable && (
        <ul aria-label={t('Keys that may log in to {name}', { name: server.name })} className="divide-y divide-line">
          {data.items.map(k => (
            <ListRow key={k.fingerprint} icon={<KeyRound />} title={<>{nameOf(k)}{k.in_use && <Tag strong>{t('Xanthus logs in with it')}</Tag>}{k.restricted && <Tag>{t('restricted')}</Tag>}</>} text={<span className="font-mono">{k.type} {k.fingerprint}</span>}
              actions={<Button size="sm" kind="quiet" icon={<Trash2 aria-hidden className="size-3.5" />} blocked={k.in_use ? t('Xanthus would lock itself out.') : blocked} onClick={() => setRemoving(k)}>{t('Remove')}</Button>} />
          ))}
          {data.items.length === 0 && <li className="p-4 text-[13px] text-ink-3">{t('None in its authorized_keys.')}</li>}
        </ul>
      )}
      <Dialog open={adding} onOpenChange={setAdding} title={t('Let a key log in to {name}', { name: server.name })} description={t('As {user}, with all that this user may do.', { user: server.user })}>
        <AddKey server={server} known={new Set(data?.items.map(k => k.fingerprint))} keys={[...tenantKeys.values()]} onDone={() => { setAdding(false); again(); }} onClose={() => setAdding(false)} />
      </Dialog>
      {removing && (
        <ConfirmDialog open onClose={() => setRemoving(undefined)} title={t('Remove {nameOf}?', { nameOf: nameOf(removing) })} effect={t('Who has this key can’t log in to {name} with it any more; sessions that are open stay open. It can be added again.', { name: server.name })} action={t('Remove key')}
          run={() => removeServerKey(client, server.id, { fingerprint: removing.fingerprint })} onDone={() => { toast(t('Key removed'), nameOf(removing)); again(); }} />
      )}
    </Panel>
  );
};

interface AddProps { readonly server: Server; readonly known: ReadonlySet<string>; readonly keys: readonly SshKey[]; readonly onDone: () => void; readonly onClose: () => void }

const AddKey = ({ server, known, keys, onDone, onClose }: AddProps): ReactNode => {
  const client = useClient();
  const free = keys.filter(k => !known.has(k.fingerprint));
  const [chosen, setChosen] = useState(free[0]?.id ?? '');
  const [pasted, setPasted] = useState('');
  const add = useMutation({
    mutationFn: () => addServerKey(client, server.id, chosen ? { ssh_key: chosen } : { public_key: pasted.trim() }),
    onSuccess: ({ fingerprint }) => { toast(t('Key added'), fingerprint); onDone(); },
  });
  const problem = add.error ? toProblem(add.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); add.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <SelectField label={t('Key')} value={chosen} onChange={e => setChosen(e.target.value)}>
        {free.map(k => <option key={k.id} value={k.id}>{k.name}</option>)}
        <option value="">{t('Another, pasted below')}</option>
      </SelectField>
      {chosen === '' && <TextField label={t('Public key')} mono rows={3} value={pasted} onChange={e => setPasted(e.target.value)} placeholder={t('ssh-ed25519 AAAA…')} problem={fieldProblems(problem)['public_key']} />}
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={add.isPending} blocked={chosen || pasted.trim() ? undefined : t('Paste a public key first.')}>{t('Add key')}</Button></DialogActions>
    </form>
  );
};
