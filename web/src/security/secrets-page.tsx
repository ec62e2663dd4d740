import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus, RotateCw, Trash2, Vault } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { Secret } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { useNames } from '../members/use-names.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button, IconButton } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, SelectField, TextField } from '../ui/field.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListRow, ListStates } from '../ui/row-list.js';
import { toast } from '../ui/toaster.js';
import { SECRET_KINDS, secretKindLabel } from './secret-kinds.js';
import { keyRings, putSecret, removeSecret, rotateDataKeys, rotateSecret, useSecrets } from './security.data.js';

/** What services need to act for the organisation. Nothing here can be read back: only fingerprints are shown. */
export const SecretsPage = (): ReactNode => {
  const client = useClient();
  const list = useSecrets();
  const may = useCan(maySend(client.tenant, putSecret));
  const mayChange = useCan(maySend(client.tenant, rotateSecret, '*'));
  const mayRemove = useCan(maySend(client.tenant, removeSecret, '*'));
  const [adding, setAdding] = useState(false);
  const [rotating, setRotating] = useState<Secret>();
  const [removing, setRemoving] = useState<Secret>();
  const names = useNames();
  const secrets = [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : NOT_ALLOWED} onClick={() => setAdding(true)}>{t('Add secret')}</Button>;
  return (
    <Page title={t('Secrets')} actions={list.status === 'denied' ? undefined : add}>
      <PageBody>
        <ListStates of={list} what={t('secrets')} right="auth.secret.read" count={secrets.length} empty={<EmptyState icon={<Vault />} title={t('No secrets yet')} action={add}>{t('Tokens and passwords that Xanthus needs to act for you: at a provider, at a registry. They are encrypted with keys of this organisation, handed only to the services that need them, and can’t be read back by anybody.')}</EmptyState>}>
          <div className="grid gap-4">
            <Panel flush>
              <ul aria-label={t('Secrets')} className="divide-y divide-line">
                {secrets.map(s => (
                  <ListRow key={s.id} icon={<Vault />} why={{ service: 'auth', view: 'secrets', id: s.id, name: s.name }} title={<><span className="font-mono">{s.name}</span> <span className="ml-1 text-[12px] font-normal text-ink-3">{secretKindLabel(s.kind)}</span></>}
                    text={<>{s.description && <>{s.description}<br /></>}{rich('Fingerprint {fingerprint}', { fingerprint: <span className="font-mono">{s.fingerprint}</span> })} · {s.rotated_at ? t('replaced {day}', { day: formatDay(Date.parse(s.rotated_at)) }) : t('kept since {day}', { day: formatDay(Date.parse(s.created_at)) })}{names.has(s.created_by.id) ? t(' by {names}', { names: names.get((s.rotated_by ?? s.created_by).id) ?? '' }) : ''}</>}
                    aside={s.last_used ? <span title={s.last_used.reason}>{rich('Used by {service} {when}', { service: s.last_used.service, when: <Ago at={s.last_used.at} /> })}</span> : t('Never used')}
                    actions={(
                      <>
                        {mayChange && <Button size="sm" icon={<RotateCw aria-hidden className="size-3.5" />} aria-label={t('Replace {name}', { name: s.name })} onClick={() => setRotating(s)}>{t('Replace')}</Button>}
                        {mayRemove && <IconButton label={t('Destroy {name}', { name: s.name })} onClick={() => setRemoving(s)}><Trash2 aria-hidden className="size-4" /></IconButton>}
                      </>
                    )} />
                ))}
              </ul>
            </Panel>
          </div>
        </ListStates>
        {list.status === 'ready' && <DataKeys />}
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title={t('Add a secret')} description={t('It can be replaced and destroyed, but never read back.')}>{adding && <AddSecret onDone={() => setAdding(false)} />}</Dialog>
      <Dialog open={rotating !== undefined} onOpenChange={o => { if (!o) setRotating(undefined); }} title={t('Replace {name}', { name: rotating?.name ?? '' })} description={t('The old value is destroyed. Services get the new one the next time they ask.')}>{rotating && <Rotate secret={rotating} onDone={() => setRotating(undefined)} />}</Dialog>
      <ConfirmDialog open={removing !== undefined} onClose={() => setRemoving(undefined)} title={t('Destroy {name}?', { name: removing?.name ?? '' })} action={t('Destroy secret')} {...(removing ? { typed: removing.name } : {})}
        effect={removing?.last_used ? <>{rich('The service {service} used it {when}, to {reason}; that fails from now on. This can’t be undone.', { service: removing.last_used.service, when: <Ago at={removing.last_used.at} />, reason: removing.last_used.reason })}</> : t('No service ever used it. This can’t be undone.')}
        run={() => removeSecret(client, removing?.id ?? '', {})} onDone={() => toast(t('Secret destroyed'), removing?.name)} />
    </Page>
  );
};

const AddSecret = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const put = useMutation({ mutationFn: (input: { name: string; kind: Secret['kind']; value: string; description?: string }) => putSecret(client, input), onSuccess: ({ fingerprint }) => { toast(t('Secret kept'), t('Fingerprint {fingerprint}', { fingerprint })); onDone(); } });
  const problem = put.error ? toProblem(put.error) : undefined;
  const fields = fieldProblems(problem);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const description = String(data.get('description')).trim();
    put.mutate({ name: String(data.get('name')).trim(), kind: data.get('kind') as Secret['kind'], value: String(data.get('value')), ...(description ? { description } : {}) });
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label={t('Name')} name="name" mono required pattern="[a-z0-9][a-z0-9\-]{0,62}" title={t('Small letters, digits and hyphens')} placeholder={t('hetzner')} problem={fields['name']} />
      <SelectField label={t('Kind')} name="kind" hint={t('Decides which services may ask for it.')} problem={fields['kind']}>{Object.entries(SECRET_KINDS).map(([kind, label]) => <option key={kind} value={kind}>{label}</option>)}</SelectField>
      <Value problem={fields['value']} />
      <Field label={t('Description')} name="description" maxLength={100} placeholder={t('Optional')} problem={fields['description']} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={put.isPending}>{t('Keep secret')}</Button></DialogActions>
    </form>
  );
};

/** Not shown as dots: a token with several lines must survive, and who pastes wants to see that it is whole. The browser keeps nothing of it. */
const Value = ({ problem }: { readonly problem: string | undefined }): ReactNode => <TextField label={t('Value')} name="value" mono rows={3} required maxLength={16_384} autoComplete="off" data-1p-ignore placeholder={t('Paste it here')} problem={problem} />;

const Rotate = ({ secret, onDone }: { readonly secret: Secret; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const rotate = useMutation({ mutationFn: (value: string) => rotateSecret(client, secret.id, { value }), onSuccess: ({ fingerprint }) => { toast(t('Secret replaced'), t('{name} has the fingerprint {fingerprint} now.', { name: secret.name, fingerprint })); onDone(); } });
  const problem = rotate.error ? toProblem(rotate.error) : undefined;
  const submit = (event: FormEvent<HTMLFormElement>): void => { event.preventDefault(); rotate.mutate(String(new FormData(event.currentTarget).get('value'))); };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Value problem={fieldProblems(problem)['value']} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={rotate.isPending}>{t('Replace secret')}</Button></DialogActions>
    </form>
  );
};

/** The keys that encrypt what each service keeps for the organisation. */
const DataKeys = (): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, keyRings));
  const mayRotate = useCan(maySend(client.tenant, rotateDataKeys, 'all'));
  const rings = useQuery({ queryKey: ['key-rings', client.tenant], queryFn: () => keyRings(client, {}), enabled: may });
  const [rotating, setRotating] = useState(false);
  if (!may || !rings.data || rings.data.rings.length === 0) return null;
  return (
    <Panel title={t('Data keys')} flush className="mt-4" aside={mayRotate && <Button size="sm" onClick={() => setRotating(true)}>{t('Make new keys')}</Button>}>
      <ul aria-label={t('Data keys')} className="divide-y divide-line">
        {rings.data.rings.map(r => <li key={r.service} className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-2.5 text-[13px]"><span>{r.service} <span className="text-ink-3">{t('key {current}', { current: r.current })}</span></span><span className="text-[12px] text-ink-3">{t('since {day}', { day: formatDay(Date.parse(r.made_at)) })}{r.older.length > 0 ? t(' · {older} older still in use', { older: r.older.length }) : ''}</span></li>)}
      </ul>
      <ConfirmDialog open={rotating} onClose={() => setRotating(false)} title={t('Make new data keys?')} action={t('Make new keys')} effect={t('What each service keeps secret moves to a new key in the background; then the old key is destroyed. Nothing stops meanwhile.')}
        run={() => rotateDataKeys(client, 'all', {})} onDone={() => { void rings.refetch(); toast(t('New data keys'), t('Values move to them in the background.')); }} />
    </Panel>
  );
};
