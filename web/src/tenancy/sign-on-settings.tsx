import { Fingerprint, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { defineOidcProvider, type OidcProvider } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { EmptyState, Panel } from '../ui/panel.js';
import { ListRow, ListStates } from '../ui/row-list.js';
import { toast } from '../ui/toaster.js';
import { ProviderForm } from './provider-form.js';
import { removeOidcProvider, useOidcProviders } from './tenancy.data.js';

/** OpenID providers: how people of the organisation log in with an account that they have there. */
export const SignOnSettings = (): ReactNode => {
  const client = useClient();
  const list = useOidcProviders();
  const may = useCan(maySend(client.tenant, defineOidcProvider, '*'));
  const [editing, setEditing] = useState<OidcProvider | 'new'>();
  const [removing, setRemoving] = useState<OidcProvider>();
  const providers = [...list.rows.values()].sort((a, b) => a.label.localeCompare(b.label));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : NOT_ALLOWED} onClick={() => setEditing('new')}>{t('Add provider')}</Button>;
  if (editing) return <ProviderForm key={editing === 'new' ? '' : editing.name} {...(editing === 'new' ? {} : { provider: editing })} onDone={() => setEditing(undefined)} />;
  return (
    <>
      <ListStates of={list} what={t('the providers')} right="auth.oidc-provider.read" count={providers.length} empty={<EmptyState icon={<Fingerprint />} title={t('No single sign-on yet')} action={add}>{t('With a provider such as Zitadel, Keycloak, Entra ID or Google, people log in with the account that they have there, and their groups decide their role here.')}</EmptyState>}>
        <Panel title={t('OpenID providers')} flush aside={<span className="-my-1">{add}</span>}>
          <ul aria-label={t('OpenID providers')} className="divide-y divide-line">
            {providers.map(p => (
              <ListRow key={p.name} icon={<Fingerprint />} why={{ service: 'auth', view: 'oidc-providers', id: p.name, name: p.label }} title={<>{p.label} <span className="ml-1 font-mono text-[12px] font-normal text-ink-3">{p.name}</span></>}
                text={<><span className="break-all">{p.issuer}</span><br />{p.auto_join ? t('New people may join') : t('By invitation')} · {rich('{n, plural, one {# group · changed {when}} other {# groups · changed {when}}}', { n: p.group_roles.length, when: <Ago at={p.changed_at} /> })}</>}
                actions={may && <><Button size="sm" aria-label={t('Edit {label}', { label: p.label })} onClick={() => setEditing(p)}>{t('Edit')}</Button><Button size="sm" kind="danger" aria-label={t('Remove {label}', { label: p.label })} onClick={() => setRemoving(p)}>{t('Remove')}</Button></>} />
            ))}
          </ul>
        </Panel>
      </ListStates>
      <ConfirmDialog open={removing !== undefined} onClose={() => setRemoving(undefined)} title={t('Remove {label}?', { label: removing?.label ?? '' })} action={t('Remove provider')}
        effect={t('Nobody can log in with it any more, the sessions that came by it end at once, and its secret is destroyed. Members stay; who has no password needs a password link.')}
        run={() => removeOidcProvider(client, removing?.name ?? '', {})} onDone={() => toast(t('Provider removed'), removing?.label)} />
    </>
  );
};
