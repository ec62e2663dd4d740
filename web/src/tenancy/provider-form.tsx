import { useMutation } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { OidcProvider } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useRoles } from '../members/roles.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Field, inputClass, SelectField } from '../ui/field.js';
import { Facts, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { toProviderDraft, toProviderInput, type ProviderDraft } from './provider-draft.js';
import { ProviderTest } from './provider-test.js';
import { callbackUrl, defineOidcProvider, logoutUrl, testOidcProvider } from './tenancy.data.js';

type Set = (change: Partial<ProviderDraft>) => void;

export const ProviderForm = ({ provider, onDone }: { readonly provider?: OidcProvider; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [draft, setDraft] = useState(() => toProviderDraft(provider));
  const set: Set = change => setDraft(before => ({ ...before, ...change }));
  const save = useMutation({ mutationFn: () => defineOidcProvider(client, draft.name, toProviderInput(draft)), onSuccess: () => { toast(provider ? t('Provider changed') : t('Provider added'), draft.label); onDone(); } });
  const test = useMutation({
    mutationFn: () => testOidcProvider(client, { issuer: draft.issuer.trim(), client_id: draft.client_id.trim(), ...(draft.secret ? { client_secret: draft.secret } : {}), ...(provider ? { provider: provider.name } : {}) }),
  });
  const problem = save.error ? toProblem(save.error) : undefined;
  const fields = fieldProblems(problem);
  const submit = (event: FormEvent): void => { event.preventDefault(); save.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <Panel title={provider ? t('Provider {label}', { label: provider.label }) : t('A new provider')}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('Label')} required autoFocus maxLength={100} placeholder={t('Acme account')} value={draft.label} onChange={e => set({ label: e.target.value })} hint={t('The button says “Log in with …”.')} problem={fields['label']} />
          <Field label={t('Name')} mono required readOnly={provider !== undefined} pattern="[a-z][a-z0-9\-]{0,30}" title={t('Small letters, digits and hyphens, beginning with a letter')} placeholder={t('main')} value={draft.name} onChange={e => set({ name: e.target.value })} hint={t('Stands in addresses; can’t be changed later.')} />
          <div className="sm:col-span-2"><Field label={t('Issuer')} type="url" required placeholder="https://login.acme.example" value={draft.issuer} onChange={e => set({ issuer: e.target.value })} hint={t('Its settings are read from /.well-known/openid-configuration there.')} problem={fields['issuer']} /></div>
          <Field label={t('Client id')} mono required value={draft.client_id} onChange={e => set({ client_id: e.target.value })} problem={fields['client_id']} />
          <Field label={t('Client secret')} type="password" autoComplete="off" value={draft.secret} onChange={e => set({ secret: e.target.value })} hint={provider?.secret_fingerprint ? t('Kept; fingerprint {secret_fingerprint}. Leave empty to keep it.', { secret_fingerprint: provider.secret_fingerprint }) : t('Leave empty for a public client (PKCE alone).')} problem={fields['client_secret']} />
          <div className="sm:col-span-2 rounded-lg border border-line bg-sunken p-3">
            <p className="mb-2 text-[13px] text-ink-2">{t('Register these at the provider:')}</p>
            <Facts rows={[[t('Redirect URI'), <Code key="r" text={callbackUrl(location.origin, client.tenant, draft.name)} label={t('Copy redirect URI')} />], [t('Back-channel logout'), <Code key="l" text={logoutUrl(location.origin, client.tenant, draft.name)} label={t('Copy logout URI')} />]]} />
          </div>
        </div>
      </Panel>
      <Access draft={draft} set={set} fields={fields} />
      {(test.data ?? test.error ?? test.isPending) && <ProviderTest result={test.data} running={test.isPending} problem={test.error ? toProblem(test.error) : undefined} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onDone}>{t('Cancel')}</Button>
        <Button busy={test.isPending} blocked={draft.issuer && draft.client_id ? undefined : t('Give issuer and client id first.')} onClick={() => test.mutate()}>{t('Test')}</Button>
        <Button kind="primary" type="submit" busy={save.isPending}>{provider ? t('Save provider') : t('Add provider')}</Button>
      </div>
    </form>
  );
};

const Access = ({ draft, set, fields }: { readonly draft: ProviderDraft; readonly set: Set; readonly fields: Readonly<Record<string, string>> }): ReactNode => {
  const roles = useRoles().filter(r => r.name !== 'owner');
  const setGroup = (i: number, change: Partial<ProviderDraft['group_roles'][number]>): void => set({ group_roles: draft.group_roles.map((g, at) => (at === i ? { ...g, ...change } : g)) });
  return (
    <Panel title={t('Who comes in, and as what')}>
      <div className="grid gap-4">
        <div className="grid gap-2">
          <p className="text-[13px] font-medium">{t('Groups')}</p>
          <p className="text-[13px] text-ink-3">{t('The first group that fits decides the role, at each log-in.')}</p>
          {draft.group_roles.map((g, i) => (
            <div key={i} className="flex items-center gap-2">
              <input aria-label={t('Group {i}', { i: i + 1 })} required placeholder={t('ops')} value={g.group} onChange={e => setGroup(i, { group: e.target.value })} className={`${inputClass} h-8 min-w-0 flex-1`} />
              <select aria-label={t('Role of group {i}', { i: i + 1 })} value={g.role} onChange={e => setGroup(i, { role: e.target.value })} className={`${inputClass} h-8 !w-32`}>{roles.map(r => <option key={r.name} value={r.name}>{r.name}</option>)}</select>
              <IconButton label={t('Remove group {i}', { i: i + 1 })} onClick={() => set({ group_roles: draft.group_roles.filter((_, at) => at !== i) })}><Trash2 aria-hidden className="size-4" /></IconButton>
            </div>
          ))}
          <div><Button size="sm" icon={<Plus aria-hidden className="size-3.5" />} onClick={() => set({ group_roles: [...draft.group_roles, { group: '', role: 'viewer' }] })}>{t('Add group')}</Button></div>
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label={t('Without a group')} value={draft.default_role} onChange={e => set({ default_role: e.target.value })} problem={fields['default_role']}><option value="">{t('may not log in')}</option>{roles.map(r => <option key={r.name} value={r.name}>{r.name}</option>)}</SelectField>
          <Field label={t('Only addresses of')} placeholder={t('any domain')} value={draft.email_domains} onChange={e => set({ email_domains: e.target.value })} hint={t('Domains, with commas between.')} problem={fields['email_domains'] ?? fields['email_domains.0']} />
        </div>
        <label className="flex items-start gap-2"><input type="checkbox" checked={draft.auto_join} onChange={e => set({ auto_join: e.target.checked })} className="mt-1 size-4 accent-(--accent)" /><span>{t('New people may join by logging in')}<span className="block text-[13px] text-ink-3">{t('Their address must be verified at the provider. Otherwise an invitation is needed.')}</span></span></label>
        <details>
          <summary className="text-[13px] text-ink-2">{t('More: scopes and the claim of groups')}</summary>
          <div className="mt-3 grid gap-4 sm:grid-cols-2">
            <Field label={t('Scopes')} mono required value={draft.scopes} onChange={e => set({ scopes: e.target.value })} hint={t('With offline_access a log-out at the provider is noticed sooner.')} problem={fields['scopes']} />
            <Field label={t('Claim of groups')} mono required value={draft.group_claim} onChange={e => set({ group_claim: e.target.value })} problem={fields['group_claim']} />
          </div>
        </details>
      </div>
    </Panel>
  );
};
