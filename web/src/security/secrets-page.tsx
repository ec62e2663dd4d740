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
import { t } from '../texts/text.js';
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
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : NOT_ALLOWED} onClick={() => setAdding(true)}>Add secret</Button>;
  return (
    <Page title="Secrets" actions={list.status === 'denied' ? undefined : add}>
      <PageBody>
        <ListStates of={list} what={t('secrets')} right="auth.secret.read" count={secrets.length} empty={<EmptyState icon={<Vault />} title="No secrets yet" action={add}>Tokens and passwords that Xanthus needs to act for you: at a provider, at a registry. They are encrypted with keys of this organisation, handed only to the services that need them, and can’t be read back by anybody.</EmptyState>}>
          <div className="grid gap-4">
            <Panel flush>
              <ul aria-label="Secrets" className="divide-y divide-line">
                {secrets.map(s => (
                  <ListRow key={s.id} icon={<Vault />} title={<><span className="font-mono">{s.name}</span> <span className="ml-1 text-[12px] font-normal text-ink-3">{secretKindLabel(s.kind)}</span></>}
                    text={<>{s.description && <>{s.description}<br /></>}Fingerprint <span className="font-mono">{s.fingerprint}</span> · {s.rotated_at ? `replaced ${formatDay(Date.parse(s.rotated_at))}` : `kept since ${formatDay(Date.parse(s.created_at))}`}{names.has(s.created_by.id) ? ` by ${names.get((s.rotated_by ?? s.created_by).id) ?? ''}` : ''}</>}
                    aside={s.last_used ? <span title={s.last_used.reason}>Used by {s.last_used.service} <Ago at={s.last_used.at} /></span> : 'Never used'}
                    actions={(
                      <>
                        {mayChange && <Button size="sm" icon={<RotateCw aria-hidden className="size-3.5" />} aria-label={`Replace ${s.name}`} onClick={() => setRotating(s)}>Replace</Button>}
                        {mayRemove && <IconButton label={`Destroy ${s.name}`} onClick={() => setRemoving(s)}><Trash2 aria-hidden className="size-4" /></IconButton>}
                      </>
                    )} />
                ))}
              </ul>
            </Panel>
          </div>
        </ListStates>
        {list.status === 'ready' && <DataKeys />}
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title="Add a secret" description="It can be replaced and destroyed, but never read back.">{adding && <AddSecret onDone={() => setAdding(false)} />}</Dialog>
      <Dialog open={rotating !== undefined} onOpenChange={o => { if (!o) setRotating(undefined); }} title={`Replace ${rotating?.name ?? ''}`} description="The old value is destroyed. Services get the new one the next time they ask.">{rotating && <Rotate secret={rotating} onDone={() => setRotating(undefined)} />}</Dialog>
      <ConfirmDialog open={removing !== undefined} onClose={() => setRemoving(undefined)} title={`Destroy ${removing?.name ?? ''}?`} action="Destroy secret" {...(removing ? { typed: removing.name } : {})}
        effect={removing?.last_used ? <>The service {removing.last_used.service} used it <Ago at={removing.last_used.at} />, to {removing.last_used.reason}; that fails from now on. This can’t be undone.</> : 'No service ever used it. This can’t be undone.'}
        run={() => removeSecret(client, removing?.id ?? '', {})} onDone={() => toast('Secret destroyed', removing?.name)} />
    </Page>
  );
};

const AddSecret = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const put = useMutation({ mutationFn: (input: { name: string; kind: Secret['kind']; value: string; description?: string }) => putSecret(client, input), onSuccess: ({ fingerprint }) => { toast('Secret kept', `Fingerprint ${fingerprint}`); onDone(); } });
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
      <Field label="Name" name="name" mono required pattern="[a-z0-9][a-z0-9\-]{0,62}" title="Small letters, digits and hyphens" placeholder="hetzner" problem={fields['name']} />
      <SelectField label="Kind" name="kind" hint="Decides which services may ask for it." problem={fields['kind']}>{Object.entries(SECRET_KINDS).map(([kind, label]) => <option key={kind} value={kind}>{label}</option>)}</SelectField>
      <Value problem={fields['value']} />
      <Field label="Description" name="description" maxLength={100} placeholder="Optional" problem={fields['description']} />
      <DialogActions><Button onClick={onDone}>Cancel</Button><Button kind="primary" type="submit" busy={put.isPending}>Keep secret</Button></DialogActions>
    </form>
  );
};

/** Not shown as dots: a token with several lines must survive, and who pastes wants to see that it is whole. The browser keeps nothing of it. */
const Value = ({ problem }: { readonly problem: string | undefined }): ReactNode => <TextField label="Value" name="value" mono rows={3} required maxLength={16_384} autoComplete="off" data-1p-ignore placeholder="Paste it here" problem={problem} />;

const Rotate = ({ secret, onDone }: { readonly secret: Secret; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const rotate = useMutation({ mutationFn: (value: string) => rotateSecret(client, secret.id, { value }), onSuccess: ({ fingerprint }) => { toast('Secret replaced', `${secret.name} has the fingerprint ${fingerprint} now.`); onDone(); } });
  const problem = rotate.error ? toProblem(rotate.error) : undefined;
  const submit = (event: FormEvent<HTMLFormElement>): void => { event.preventDefault(); rotate.mutate(String(new FormData(event.currentTarget).get('value'))); };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Value problem={fieldProblems(problem)['value']} />
      <DialogActions><Button onClick={onDone}>Cancel</Button><Button kind="primary" type="submit" busy={rotate.isPending}>Replace secret</Button></DialogActions>
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
    <Panel title="Data keys" flush className="mt-4" aside={mayRotate && <Button size="sm" onClick={() => setRotating(true)}>Make new keys</Button>}>
      <ul aria-label="Data keys" className="divide-y divide-line">
        {rings.data.rings.map(r => <li key={r.service} className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-2.5 text-[13px]"><span>{r.service} <span className="text-ink-3">key {r.current}</span></span><span className="text-[12px] text-ink-3">since {formatDay(Date.parse(r.made_at))}{r.older.length > 0 ? ` · ${r.older.length} older still in use` : ''}</span></li>)}
      </ul>
      <ConfirmDialog open={rotating} onClose={() => setRotating(false)} title="Make new data keys?" action="Make new keys" effect="What each service keeps secret moves to a new key in the background; then the old key is destroyed. Nothing stops meanwhile."
        run={() => rotateDataKeys(client, 'all', {})} onDone={() => { void rings.refetch(); toast('New data keys', 'Values move to them in the background.'); }} />
    </Panel>
  );
};
