import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, Cloud, Plus, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import { runLink } from '../cloudflare/run-link.js';
import { FEATURE_LABELS } from '../cloudflare/steps.js';
import { CloudflareTokenForm } from '../cloudflare/token-form.js';
import { linkCloudflare, type CloudflareAccount } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { useRoles } from '../members/roles.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog } from '../ui/dialog.js';
import { SelectField } from '../ui/field.js';
import { EmptyState, Facts, Panel } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { CloudflareImport } from './cloudflare-import.js';
import { checkCloudflare, cloudflareTokenHelp, configureCloudflare, unlinkCloudflare, useCloudflareAccounts } from './tenancy.data.js';

/** Cloudflare accounts of the organisation: linked with a token, checked, and who may come in with one. */
export const CloudflareSettings = (): ReactNode => {
  const client = useClient();
  const list = useCloudflareAccounts();
  const may = useCan(maySend(client.tenant, linkCloudflare));
  const mayHelp = useCan(mayAsk(client.tenant, cloudflareTokenHelp));
  const help = useQuery({ queryKey: ['cloudflare-token-help', client.tenant], queryFn: () => cloudflareTokenHelp(client, {}), enabled: mayHelp });
  const [linking, setLinking] = useState<string>();
  const [unlinking, setUnlinking] = useState<CloudflareAccount>();
  const [importing, setImporting] = useState<CloudflareAccount>();
  const accounts = [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : NOT_ALLOWED} onClick={() => setLinking('')}>{t('Link account')}</Button>;
  return (
    <>
      <ListStates of={list} what={t('the Cloudflare accounts')} right="auth.cloudflare-account.read" count={accounts.length} empty={<EmptyState icon={<Cloud />} title={t('No Cloudflare account yet')} action={add}>{t('Link one with an API token, and Xanthus looks after its zones, records and certificates. Who has a token of the same account can log in with it, if you let them.')}</EmptyState>}>
        <div className="grid gap-4">
          {accounts.map(a => <Account key={a.id} account={a} may={may} onReplace={() => setLinking(a.name)} onImport={() => setImporting(a)} onUnlink={() => setUnlinking(a)} />)}
          <div>{add}</div>
        </div>
      </ListStates>
      <Dialog open={linking !== undefined} onOpenChange={o => { if (!o) setLinking(undefined); }} wide title={linking ? t('Replace the token of {linking}', { linking }) : t('Link a Cloudflare account')} description={t('The token is kept encrypted and never shown again.')}>
        {linking !== undefined && <CloudflareTokenForm action={linking ? t('Replace token') : t('Link account')} helpUrl={help.data?.url} onCancel={() => setLinking(undefined)}
          run={async (input, onStep) => { const { account } = await runLink(client, input, onStep); toast(t('Cloudflare account linked'), account.name); setLinking(undefined); }} />}
      </Dialog>
      <Dialog open={importing !== undefined} onOpenChange={o => { if (!o) setImporting(undefined); }} wide title={t('Import from an older Xanthus')} description={t('Reads what an older version left in the storage of this account. Nothing there is changed, and taking it twice does no harm.')}>
        {importing && <CloudflareImport account={importing} onDone={() => setImporting(undefined)} />}
      </Dialog>
      <ConfirmDialog open={unlinking !== undefined} onClose={() => setUnlinking(undefined)} title={t('Unlink {name}?', { name: unlinking?.name ?? '' })} action={t('Unlink account')} {...(unlinking ? { typed: unlinking.name } : {})}
        effect={t('The token is destroyed here; zones and records at Cloudflare stay as they are. Sessions that came by this account end. The certificate request and its key stay in the vault.')}
        run={() => unlinkCloudflare(client, unlinking?.id ?? '', {})} onDone={() => toast(t('Cloudflare account unlinked'), unlinking?.name)} />
    </>
  );
};

const Account = ({ account, may, onReplace, onImport, onUnlink }: { readonly account: CloudflareAccount; readonly may: boolean; readonly onReplace: () => void; readonly onImport: () => void; readonly onUnlink: () => void }): ReactNode => {
  const client = useClient();
  const roles = useRoles().filter(r => r.name !== 'owner');
  const configure = useMutation({ mutationFn: (role: string) => configureCloudflare(client, account.id, { join_role: role || null }), onSuccess: () => toast(t('Saved'), t('It holds at the next log-in.')), onError: toastProblem });
  const check = useMutation({ mutationFn: () => checkCloudflare(client, account.id, {}), onSuccess: ({ status }) => toast(status === 'active' ? t('The token is good') : t('Cloudflare refuses the token')), onError: toastProblem });
  return (
    <Panel title={account.name} aside={<StatusPill tone={account.status === 'active' ? 'ok' : 'bad'}>{account.status === 'active' ? t('Token is good') : t('Token refused')}</StatusPill>}>
      <div className="grid gap-4">
        <Facts of={{ service: 'auth', view: 'cloudflare-accounts', id: account.id }} rows={[[t('Account'), <span key="a" className="font-mono text-[12px]">{account.id}</span>, ''], [t('Storage'), account.namespace.title, 'namespace'], [t('Checked'), <Ago key="c" at={account.checked_at} />, 'status'], [t('Newcomers'), account.join_role === null ? t('stay out, unless a member') : t('become {name}', { name: account.join_role }), 'join_role']]} />
        <ul aria-label={t('What the token may do')} className="grid gap-1.5 text-[13px] sm:grid-cols-2">
          {account.features.map(f => (
            <li key={f.feature} className="flex items-start gap-2">{f.ok === true ? <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" /> : <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />}
              <span>{FEATURE_LABELS[f.feature]}<span className="sr-only">: {f.ok === true ? t('yes') : f.ok === false ? t('no') : t('unknown')}</span>{f.missing.length > 0 && <span className="block text-[12px] text-ink-3">{t('Missing: {missing}', { missing: f.missing.join(', ') })}</span>}{f.ok === null && <span className="block text-[12px] text-ink-3">{t('Could not be found out.')}</span>}</span>
            </li>
          ))}
        </ul>
        <SelectField label={t('Who comes with a token of this account')} value={configure.isPending ? configure.variables : account.join_role ?? ''} disabled={!may || configure.isPending} onChange={e => configure.mutate(e.target.value)} hint={t('Members keep their role. This is for who is no member yet.')}>
          <option value="">{t('stays out, unless a member')}</option>{roles.map(r => <option key={r.name} value={r.name}>{t('becomes {name}', { name: r.name })}</option>)}
        </SelectField>
        {may && <div className="flex flex-wrap justify-end gap-2"><Button busy={check.isPending} onClick={() => check.mutate()}>{t('Check now')}</Button><Button onClick={onImport}>{t('Import…')}</Button><Button onClick={onReplace}>{t('Replace token')}</Button><Button kind="danger" onClick={onUnlink}>{t('Unlink')}</Button></div>}
      </div>
    </Panel>
  );
};
