import { useMutation, useQuery } from '@tanstack/react-query';
import { INSTALLATION } from '@xanthus/proto';
import { Fingerprint, Unlink } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { CloudflareTokenForm } from '../cloudflare/token-form.js';
import type { Identity } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { useClient, useLive } from '../live/live-context.js';
import { signInOptions } from '../session/session.data.js';
import { useCloudflareAccounts } from '../tenancy/tenancy.data.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog } from '../ui/dialog.js';
import { Panel } from '../ui/panel.js';
import { ListRow } from '../ui/row-list.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { linkCloudflareIdentity, linkProvider, unlinkIdentity, useIdentities } from './account.data.js';

/** How else one may log in: identities at the organisation's OpenID providers and at Cloudflare. */
export const Identities = (): ReactNode => {
  const client = useClient();
  const { proved } = useLive();
  const { rows, status } = useIdentities();
  const { data: options = [] } = useQuery({ queryKey: ['sign-in-options', client.tenant], queryFn: () => signInOptions(client.tenant) });
  const [unlinking, setUnlinking] = useState<Identity>();
  const [withToken, setWithToken] = useState(false);
  // Only who may see the accounts of the organisation is offered it; anybody may log in with one.
  const accounts = useCloudflareAccounts().rows.size;
  const mayCloudflare = accounts > 0 && ![...rows.values()].some(i => i.kind === 'cloudflare');
  const identities = [...rows.values()].sort((a, b) => a.linked_at.localeCompare(b.linked_at));
  const linked = new Set(identities.map(i => `${i.tenant}.${i.provider}`));
  const open = options.filter(o => !linked.has(o.id));
  const link = useMutation({
    mutationFn: (provider: string) => proved(() => linkProvider(provider)),
    onSuccess: ({ url }) => location.assign(url), onError: toastProblem,
  });
  const label = (i: Identity): string => (i.kind === 'cloudflare' ? 'Cloudflare' : options.find(o => o.id === `${i.tenant}.${i.provider}`)?.label ?? `${i.tenant}.${i.provider}`);
  if (status === 'denied' || (identities.length === 0 && open.length === 0 && !mayCloudflare)) return null;
  return (
    <Panel title={t('Other ways to log in')} flush>
      {identities.length === 0 && <p className="p-4 pb-0 text-[13px] text-ink-2">{t('Link an account that you have elsewhere, and log in with it.')}</p>}
      <ul aria-label={t('Linked identities')} className="divide-y divide-line">
        {identities.map(i => (
          <ListRow key={i.id} icon={<Fingerprint />} why={{ service: 'auth', view: 'identities', tenant: INSTALLATION, id: `${i.person}.${i.id}`, name: label(i) }} title={label(i)} text={<>{t('In {tenant}, since {day}', { tenant: i.tenant, day: formatDay(Date.parse(i.linked_at)) })} · {i.last_used_at ? rich('used {when}', { when: <Ago at={i.last_used_at} /> }) : t('never used')}</>}
            actions={<Button size="sm" kind="danger" icon={<Unlink aria-hidden className="size-3.5" />} aria-label={t('Unlink {label}', { label: label(i) })} onClick={() => setUnlinking(i)}>{t('Unlink')}</Button>} />
        ))}
      </ul>
      {(open.length > 0 || mayCloudflare) && <div className={`flex flex-wrap gap-2 p-4 ${identities.length > 0 ? 'border-t border-line' : ''}`}>{open.map(o => <Button key={o.id} busy={link.isPending && link.variables === o.id} onClick={() => link.mutate(o.id)}>{t('Link {label}', { label: o.label })}</Button>)}{mayCloudflare && <Button onClick={() => setWithToken(true)}>{t('Link Cloudflare')}</Button>}</div>}
      <Dialog open={withToken} onOpenChange={setWithToken} wide title={t('Link Cloudflare')} description={t('Show a token of your own, of an account that this organisation has linked. From then on any such token of yours logs you in. The token is not kept.')}>
        {withToken && <CloudflareTokenForm action={t('Link')} helpUrl={undefined} onCancel={() => setWithToken(false)} run={async input => { await linkCloudflareIdentity(client, input); toast(t('Linked')); setWithToken(false); }} />}
      </Dialog>
      <ConfirmDialog open={unlinking !== undefined} onClose={() => setUnlinking(undefined)} title={t('Unlink {name}?', { name: unlinking ? label(unlinking) : '' })} action={t('Unlink')} effect={t('You can’t log in with it any more, and the sessions that came by it end. You can link it again.')}
        run={() => unlinkIdentity(client, unlinking?.id ?? '')} onDone={() => toast(t('Unlinked'))} />
    </Panel>
  );
};
