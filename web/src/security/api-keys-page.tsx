import { useMutation } from '@tanstack/react-query';
import { Ban, KeySquare, Plus } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { ApiKey } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { RoleField } from '../members/roles.js';
import { useNames } from '../members/use-names.js';
import { rich, t } from '../texts/text.js';
import { Ago, useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Code } from '../ui/copy-button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, SelectField } from '../ui/field.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListRow, ListStates } from '../ui/row-list.js';
import { ShownOnce } from '../ui/shown-once.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { expiryAfter, expiryState, LIVES } from './expiry.js';
import { createApiKey, exampleCall, revokeApiKey, useApiKeys } from './security.data.js';

const NOT_ALLOWED = t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.');

/** Keys for programs that use HTTP or the WebSocket. Each is shown once. */
export const ApiKeysPage = (): ReactNode => {
  const client = useClient();
  const list = useApiKeys();
  const may = useCan(maySend(client.tenant, createApiKey));
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  const keys = [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : NOT_ALLOWED} onClick={() => setAdding(true)}>{t('Create API key')}</Button>;
  return (
    <Page title={t('API keys')} actions={list.status === 'denied' ? undefined : add}>
      <PageBody>
        <ListStates of={list} what={t('API keys')} right="auth.api-key.read" count={keys.length} empty={<EmptyState icon={<KeySquare />} title={t('No API keys yet')} action={add}>{t('With a key, a script or another tool calls the HTTP API or the WebSocket in this organisation’s name. It may do what its role allows, ends by itself, and can be revoked at any time.')}</EmptyState>}>
          <Panel flush>
            <ul aria-label={t('API keys')} className="divide-y divide-line">{keys.map(key => <KeyRow key={key.id} apiKey={key} may={may} onRevoke={() => setRevoking(key)} />)}</ul>
          </Panel>
        </ListStates>
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title={t('Create an API key')} wide>{adding && <AddKey onDone={() => setAdding(false)} />}</Dialog>
      <ConfirmDialog open={revoking !== undefined} onClose={() => setRevoking(undefined)} title={t('Revoke {name}?', { name: revoking?.name ?? '' })} action={t('Revoke key')}
        effect={revoking?.last_used_at
          ? rich('Programs that use this key are refused from now on and their connections close. It was last used {when}. This can’t be undone.', { when: <Ago at={revoking.last_used_at} /> })
          : t('Programs that use this key are refused from now on and their connections close. It was never used. This can’t be undone.')}
        run={() => revokeApiKey(client, revoking?.id ?? '', {})} onDone={() => toast(t('API key revoked'), revoking?.name)} />
    </Page>
  );
};

const KeyRow = ({ apiKey: key, may, onRevoke }: { readonly apiKey: ApiKey; readonly may: boolean; readonly onRevoke: () => void }): ReactNode => {
  const names = useNames();
  const state = expiryState(Date.parse(key.expires_at), useNow(60_000));
  const maker = names.get(key.created_by.id);
  return (
    <ListRow icon={<KeySquare />} why={{ service: 'auth', view: 'api-keys', id: key.id, name: key.name }} title={<>{key.name} <span className="ml-1 text-[12px] font-normal text-ink-3">{key.role}</span></>}
      text={<><span className="font-mono">{key.prefix}…</span><br />{maker ? t('Made {day} by {maker}', { day: formatDay(Date.parse(key.created_at)), maker }) : t('Made {day}', { day: formatDay(Date.parse(key.created_at)) })} · {key.last_used_at ? rich('used {when}', { when: <Ago at={key.last_used_at} /> }) : t('never used')}</>}
      aside={<StatusPill tone={state.tone}>{state.text}</StatusPill>}
      actions={may && <Button size="sm" kind="danger" aria-label={t('Revoke {name}', { name: key.name })} icon={<Ban aria-hidden className="size-3.5" />} onClick={onRevoke}>{t('Revoke')}</Button>} />
  );
};

const AddKey = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [role, setRole] = useState('viewer');
  const create = useMutation({ mutationFn: (input: { name: string; role: string; expires_at: string }) => createApiKey(client, input) });
  const problem = create.error ? toProblem(create.error) : undefined;
  const fields = fieldProblems(problem);
  if (create.data) {
    const { key } = create.data;
    return (
      <ShownOnce secret={key} copyLabel={t('Copy API key')} onDone={onDone} after={<div className="grid gap-1.5"><p className="text-[13px] text-ink-3">{t('Sent as a header:')}</p><Code block text={exampleCall()} label={t('Copy example')} /></div>}>
        {t('This is shown once; only a hash of it is kept. It ends on {day}.', { day: formatDay(Date.parse(create.data.expires_at)) })}
      </ShownOnce>
    );
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    create.mutate({ name: String(data.get('name')).trim(), role, expires_at: expiryAfter(Number(data.get('days')), Date.now()) });
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Name')} name="name" required maxLength={100} placeholder={t('Grafana')} hint={t('What uses it; stands beside what it does.')} problem={fields['name']} />
      <RoleField value={role} onChange={setRole} problem={fields['role']} without="owner" />
      <SelectField label={t('Ends after')} name="days" defaultValue="90" hint={t('Shorter is safer: make the next one before this one ends.')} problem={fields['expires_at']}>{LIVES.map(([days, label]) => <option key={days} value={days}>{label}</option>)}</SelectField>
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={create.isPending}>{t('Create key')}</Button></DialogActions>
    </form>
  );
};
