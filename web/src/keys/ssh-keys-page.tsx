import { useMutation } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { SshKey } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { actorName, midActor } from '../servers/history.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button, IconButton } from '../ui/button.js';
import { Code, CopyButton } from '../ui/copy-button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, TextField } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { generateSshKey, importSshKey, removeSshKey, useSshKeys } from './keys.data.js';
import { Why } from '../why/why.js';

export const SshKeysPage = (): ReactNode => {
  const { tenant } = useClient();
  const { status, rows, problem } = useSshKeys();
  const may = useCan(maySend(tenant, generateSshKey));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<SshKey>();
  const keys = [...rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.')} onClick={() => setAdding(true)}>{t('Add key')}</Button>;
  return (
    <Page title={t('SSH keys')} actions={status === 'denied' ? undefined : add}>
      <PageBody>
        {status === 'denied' && <Denied what={t('SSH keys')} right="vps.ssh-key.read" />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <Panel flush><SkeletonRows label={t('Loading SSH keys')} /></Panel>}
        {status === 'ready' && keys.length === 0 && <EmptyState icon={<KeyRound />} title={t('No SSH keys yet')} action={add}>{t('Generate one for Xanthus to log in to your machines with. The private half is made in the vault and never leaves it.')}</EmptyState>}
        {keys.length > 0 && <KeyList keys={keys} onRemove={setRemoving} />}
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title={t('Add an SSH key')} wide><AddKey onDone={() => setAdding(false)} /></Dialog>
      <Dialog open={removing !== undefined} onOpenChange={o => { if (!o) setRemoving(undefined); }} title={t('Remove {name}?', { name: removing?.name ?? t('the key') })}
        description={removing?.has_private_key ? t('Its private half in the vault is destroyed. Machines that only know this key can’t be reached with it any more. This can’t be undone.') : t('The public key is forgotten here. You can add it again.')}>
        {removing && <RemoveKey sshKey={removing} onDone={() => setRemoving(undefined)} />}
      </Dialog>
    </Page>
  );
};

const KeyList = ({ keys, onRemove }: { readonly keys: readonly SshKey[]; readonly onRemove: (key: SshKey) => void }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  return (
    <Panel flush>
      <ul aria-label={t('SSH keys')} className="divide-y divide-line">
        {keys.map(key => (
          <li key={key.id} className="group/fact flex items-center gap-3 px-4 py-3">
            <KeyRound aria-hidden className="size-4 shrink-0 text-ink-3" />
            <div className="min-w-0 flex-1">
              <p className="text-[13px] font-medium">{key.name} <span className="ml-1 text-[12px] font-normal text-ink-3">{key.has_private_key ? t('Xanthus logs in with it') : t('public key of a person')}</span> <Why service="vps" view="ssh-keys" id={key.id} path="" name={key.name} /></p>
              <p className="truncate font-mono text-[12px] text-ink-3">{key.type} {key.fingerprint}</p>
            </div>
            <p className="hidden shrink-0 text-[12px] text-ink-3 md:block">{rich('{when} by {who}', { when: <Ago at={key.created_at} />, who: midActor(actorName(key.created_by, user.id, names)) })}</p>
            <CopyButton text={key.public_key} label={t('Copy public key {name}', { name: key.name })} className="size-8" />
            <IconButton label={t('Remove {name}', { name: key.name })} onClick={() => onRemove(key)}><Trash2 aria-hidden className="size-4" /></IconButton>
          </li>
        ))}
      </ul>
    </Panel>
  );
};

const AddKey = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [name, setName] = useState('');
  const [publicKey, setPublicKey] = useState('');
  const pasted = publicKey.trim() !== '';
  const add = useMutation({
    mutationFn: async () => (pasted ? { imported: await importSshKey(client, { name: name.trim(), public_key: publicKey.trim() }) } : { generated: await generateSshKey(client, { name: name.trim() }) }),
    onSuccess: result => { if ('imported' in result) { toast(t('Key added'), name); onDone(); } },
  });
  const problem = add.error ? toProblem(add.error) : undefined;
  const fields = fieldProblems(problem);
  const generated = add.data && 'generated' in add.data ? add.data.generated : undefined;
  if (generated) {
    return (
      <div className="grid gap-3">
        <p className="text-ink-2">{rich('Put this public half into <code>~/.ssh/authorized_keys</code> on your machines:', { code: <code className="font-mono text-ink" /> })}</p>
        <Code block text={generated?.public_key ?? ''} label={t('Copy public key')} />
        <DialogActions><Button kind="primary" onClick={onDone}>{t('Done')}</Button></DialogActions>
      </div>
    );
  }
  const submit = (event: FormEvent): void => { event.preventDefault(); add.mutate(); };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Name')} required value={name} onChange={e => setName(e.target.value)} hint={t('3–63 letters, digits and hyphens.')} problem={fields['name']} />
      <TextField label={t('Public key')} mono rows={3} value={publicKey} onChange={e => setPublicKey(e.target.value)} placeholder={t('ssh-ed25519 AAAA…')} hint={t('Leave it empty to generate a pair; paste yours to add it.')} problem={fields['public_key']} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={add.isPending}>{pasted ? t('Add public key') : t('Generate key')}</Button></DialogActions>
    </form>
  );
};

const RemoveKey = ({ sshKey, onDone }: { readonly sshKey: SshKey; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const remove = useMutation({ mutationFn: () => removeSshKey(client, sshKey.id, {}), onSuccess: () => { toast(t('Key removed'), sshKey.name); onDone(); } });
  return (
    <>
      {remove.error && <ProblemNote problem={toProblem(remove.error)} />}
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate()}>{t('Remove key')}</Button></DialogActions>
    </>
  );
};
