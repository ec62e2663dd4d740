import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t, tc } from '../texts/text.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog } from '../ui/dialog.js';
import { toast } from '../ui/toaster.js';
import { releaseZone } from './dns.data.js';

interface Props { readonly zone: { readonly id: string; readonly name: string; readonly configured?: string | undefined } | undefined; readonly onClose: () => void; readonly onDone?: () => void }

/** Keeps a zone no longer; says why where that is not possible. */
export const ReleaseDialog = ({ zone, onClose, onDone }: Props): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, releaseZone, zone?.id ?? 'none'));
  const reason = !may ? NOT_YOURS : zone?.configured ? t('It is configured for applications. Take that back first, on its page under TLS.') : undefined;
  if (zone && reason) return <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('{name} stays for now', { name: zone.name })}><p className="text-[13px] text-ink-2">{reason}</p></Dialog>;
  return (
    <ConfirmDialog open={zone !== undefined} onClose={onClose} title={t('Release {name}?', { name: zone?.name ?? '' })} action={tc('zone', 'Release')}
      effect={t('Its records stay at Cloudflare exactly as they are; Xanthus no longer follows or changes them. Its history stays here, and it can be added again.')}
      run={() => releaseZone(client, zone?.id ?? '', {})} onDone={() => { toast(t('Released'), zone?.name); onDone?.(); }} />
  );
};
