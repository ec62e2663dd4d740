import { useMutation } from '@tanstack/react-query';
import { Ban, Download, PlugZap, Plus } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { createCredential, revokeCredential, type Credential } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient, useRows } from '../live/live-context.js';
import { useTenantName } from '../session/session-context.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, SelectField } from '../ui/field.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';

/** NATS credentials, for other services of the organisation. The secret is shown once. */
export const CredentialsPage = (): ReactNode => {
  const { tenant } = useClient();
  const name = useTenantName();
  const { status, rows, problem } = useRows<Credential>('auth', tenant, 'credentials');
  const may = useCan(maySend(tenant, createCredential));
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Credential>();
  const credentials = [...rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : 'Your role doesn’t allow this (DENIED). Ask an owner or administrator.'} onClick={() => setAdding(true)}>Create credential</Button>;
  return (
    <Page title="Credentials" actions={status === 'denied' ? undefined : add}>
      <PageBody>
        {status === 'denied' && <Denied what="credentials" tenant={name} />}
        {status === 'failed' && problem && <ProblemNote problem={problem} />}
        {status === 'loading' && <Panel flush><SkeletonRows label="Loading credentials" /></Panel>}
        {status === 'ready' && credentials.length === 0 && <EmptyState icon={<PlugZap />} title="No credentials yet" action={add}>A credential lets another program speak NATS with this organisation: send commands, follow events. Each can be revoked on its own.</EmptyState>}
        {credentials.length > 0 && (
          <Panel flush>
            <ul aria-label="Credentials" className="divide-y divide-line">
              {credentials.map(c => (
                <li key={c.id} className="flex items-center gap-3 px-4 py-3">
                  <PlugZap aria-hidden className="size-4 shrink-0 text-ink-3" />
                  <div className="min-w-0 flex-1">
                    <p className="text-[13px] font-medium">{c.name} <span className="ml-1 text-[12px] font-normal text-ink-3">{c.role}{c.follow.length > 0 ? ` · follows ${c.follow.join(', ')}` : ''}</span></p>
                    <p className="truncate font-mono text-[12px] text-ink-3">{c.nkey}</p>
                  </div>
                  <p className="hidden text-[12px] text-ink-3 sm:block"><Ago at={c.created_at} /></p>
                  {may && <Button size="sm" kind="danger" icon={<Ban aria-hidden className="size-3.5" />} onClick={() => setRevoking(c)}>Revoke</Button>}
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title="Create a credential" wide><AddCredential onDone={() => setAdding(false)} /></Dialog>
      <Dialog open={revoking !== undefined} onOpenChange={o => { if (!o) setRevoking(undefined); }} title={`Revoke ${revoking?.name ?? ''}?`} description="Programs that use it are cut off within a second. This can’t be undone; make a new one instead.">
        {revoking && <Revoke credential={revoking} onDone={() => setRevoking(undefined)} />}
      </Dialog>
    </Page>
  );
};

const AddCredential = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const create = useMutation({ mutationFn: (input: { name: string; role: string; follow: ('AUTH' | 'VPS')[] }) => client.command(createCredential, input) });
  const problem = create.error ? toProblem(create.error) : undefined;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    create.mutate({ name: String(data.get('name')).trim(), role: String(data.get('role')), follow: data.get('follow') ? ['VPS'] : [] });
  };
  if (create.data) {
    const { creds } = create.data;
    return (
      <div className="grid gap-3">
        <p className="text-ink-2">This is shown once and kept nowhere. Store it as a <code className="font-mono text-ink">.creds</code> file that only the program can read.</p>
        <div className="max-h-64 overflow-y-auto"><Code block text={creds} label="Copy credential" /></div>
        <DialogActions>
          <a className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong px-3 hover:bg-raised" download={`${create.variables.name}.creds`} href={`data:application/octet-stream,${encodeURIComponent(creds)}`}><Download aria-hidden className="size-4" />Download</a>
          <Button kind="primary" onClick={onDone}>I stored it</Button>
        </DialogActions>
      </div>
    );
  }
  const fields = fieldProblems(problem);
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Field label="Name" name="name" autoFocus required mono placeholder="billing" pattern="[a-z0-9][a-z0-9\-]{0,62}" hint="Small letters, digits and hyphens." problem={fields['name']} />
      <SelectField label="Role" name="role" defaultValue="viewer" hint="What the program may do." problem={fields['role']}>{['admin', 'operator', 'viewer', 'guest'].map(r => <option key={r} value={r}>{r}</option>)}</SelectField>
      <label className="flex items-center gap-2"><input type="checkbox" name="follow" className="size-4 accent-(--accent)" />May follow the events of servers</label>
      <DialogActions><Button onClick={onDone}>Cancel</Button><Button kind="primary" type="submit" busy={create.isPending}>Create</Button></DialogActions>
    </form>
  );
};

const Revoke = ({ credential, onDone }: { readonly credential: Credential; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const revoke = useMutation({ mutationFn: () => client.command(revokeCredential, {}, { id: credential.id }), onSuccess: () => { toast('Credential revoked', credential.name); onDone(); } });
  return (
    <>
      {revoke.error && <ProblemNote problem={toProblem(revoke.error)} />}
      <DialogActions><Button onClick={onDone}>Cancel</Button><Button kind="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>Revoke</Button></DialogActions>
    </>
  );
};
