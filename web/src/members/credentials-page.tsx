import { useMutation } from '@tanstack/react-query';
import { Ban, Download, PlugZap, Plus } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Credential } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { locale } from '../texts/language.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button, buttonClass } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { toast } from '../ui/toaster.js';
import { createCredential, revokeCredential, useCredentials } from './members.data.js';
import { RoleField, RolesPanel } from './roles.js';
import { Why } from '../why/why.js';

const LIST = new Intl.ListFormat(locale);
const FOLLOWS: Readonly<Record<string, string>> = { VPS: 'servers', AUTH: 'members' };

/** NATS credentials, for other services of the organisation. The secret is shown once. */
export const CredentialsPage = (): ReactNode => {
  const { tenant } = useClient();
  const list = useCredentials();
  const may = useCan(maySend(tenant, createCredential));
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Credential>();
  const credentials = [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.')} onClick={() => setAdding(true)}>{t('Create credential')}</Button>;
  return (
    <Page title={t('Credentials')} actions={list.status === 'denied' ? undefined : add}>
      <PageBody>
        <ListStates of={list} what={t('credentials')} right="auth.credential.read" count={credentials.length} empty={<EmptyState icon={<PlugZap />} title={t('No credentials yet')} action={add}>{t('A credential lets another program work with this organisation over NATS: send commands, follow events. It may do what its role allows, and each can be revoked on its own.')}</EmptyState>}>
          <div className="grid gap-4">
            <Panel flush>
              <ul aria-label={t('Credentials')} className="divide-y divide-line">
                {credentials.map(c => (
                  <li key={c.id} className="group/fact flex items-center gap-3 px-4 py-3">
                    <PlugZap aria-hidden className="size-4 shrink-0 text-ink-3" />
                    <div className="min-w-0 flex-1">
                      <p className="text-[13px] font-medium">{c.name} <span className="ml-1 text-[12px] font-normal text-ink-3">{c.role}{c.follow.length > 0 ? t(' · follows events of {what}', { what: LIST.format(c.follow.map(f => FOLLOWS[f] ?? f)) }) : ''}</span> <Why service="auth" view="credentials" id={c.id} path="" name={c.name} /></p>
                      <p className="truncate font-mono text-[12px] text-ink-3">{c.nkey}</p>
                    </div>
                    <p className="hidden text-[12px] text-ink-3 sm:block"><Ago at={c.created_at} /></p>
                    {may && <Button size="sm" kind="danger" aria-label={t('Revoke {name}', { name: c.name })} icon={<Ban aria-hidden className="size-3.5" />} onClick={() => setRevoking(c)}>{t('Revoke')}</Button>}
                  </li>
                ))}
              </ul>
            </Panel>
            <RolesPanel />
          </div>
        </ListStates>
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title={t('Create a credential')} wide><AddCredential onDone={() => setAdding(false)} /></Dialog>
      <Dialog open={revoking !== undefined} onOpenChange={o => { if (!o) setRevoking(undefined); }} title={t('Revoke {name}?', { name: revoking?.name ?? '' })} description={t('Programs that use it are cut off within a second. This can’t be undone; make a new one instead.')}>
        {revoking && <Revoke credential={revoking} onDone={() => setRevoking(undefined)} />}
      </Dialog>
    </Page>
  );
};

const AddCredential = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [role, setRole] = useState('viewer');
  const [stored, setStored] = useState(false);
  const create = useMutation({ mutationFn: (input: { name: string; role: string; follow: ('AUTH' | 'VPS')[] }) => createCredential(client, input) });
  const problem = create.error ? toProblem(create.error) : undefined;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    create.mutate({ name: String(data.get('name')).trim(), role, follow: data.get('follow') ? ['VPS'] : [] });
  };
  if (create.data) {
    const { creds, consumers } = create.data;
    const file = `${create.variables.name}.creds`;
    return (
      <div className="grid gap-3">
        <p className="text-ink-2">{rich('This is shown once and kept nowhere. Store it as a <code>.creds</code> file that only the program can read.', { code: <code className="font-mono text-ink" /> })}</p>
        <div data-testid="creds" className="max-h-56 overflow-y-auto rounded-lg"><Code block text={creds} label={t('Copy credential')} /></div>
        {Object.entries(consumers).map(([stream, consumer]) => (
          <div key={stream} className="grid gap-1.5">
            <p className="text-[13px] text-ink-2">{rich('It follows the events of {what} through this consumer of the stream {code}; docs/nats-clients.md has a whole program.', { what: FOLLOWS[stream] ?? stream, code: <code className="font-mono text-ink">{stream}</code> })}</p>
            <Code block label={t('Copy consumer')} text={consumer} />
          </div>
        ))}
        <DialogActions>
          <a className={buttonClass()} download={file} onClick={() => setStored(true)} href={`data:application/octet-stream,${encodeURIComponent(creds)}`}><Download aria-hidden className="size-4" />{t('Download')}</a>
          <Button kind={stored ? 'primary' : 'secondary'} onClick={onDone}>{t('I stored it')}</Button>
        </DialogActions>
      </div>
    );
  }
  const fields = fieldProblems(problem);
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Name')} name="name" required mono placeholder={t('billing')} pattern="[a-z0-9][a-z0-9\-]{0,62}" title={t('Small letters, digits and hyphens, not beginning with a hyphen')} hint={t('Small letters, digits and hyphens.')} problem={fields['name']} />
      <RoleField value={role} onChange={setRole} problem={fields['role']} without="owner" />
      <label className="flex items-center gap-2"><input type="checkbox" name="follow" className="size-4 accent-(--accent)" />{t('May follow the events of servers')}</label>
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={create.isPending}>{t('Create')}</Button></DialogActions>
    </form>
  );
};

const Revoke = ({ credential, onDone }: { readonly credential: Credential; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const revoke = useMutation({ mutationFn: () => revokeCredential(client, credential.id, {}), onSuccess: () => { toast(t('Credential revoked'), credential.name); onDone(); } });
  return (
    <>
      {revoke.error && <ProblemNote problem={toProblem(revoke.error)} />}
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>{t('Revoke')}</Button></DialogActions>
    </>
  );
};
