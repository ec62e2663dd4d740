import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { mayAsk } from '../../app/nav.js';
import type { Server } from '../../contracts.js';
import { toProblem } from '../../lib/problem.js';
import { useCan, useClient } from '../../live/live-context.js';
import { providerImages } from '../../providers/providers.data.js';
import { t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { SelectField } from '../../ui/field.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { toast } from '../../ui/toaster.js';
import { rebuildServer } from '../server.data.js';
import { useActions } from '../use-actions.js';

/** Make it anew from an image. */
export const RebuildRow = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, providerImages));
  const { blocked, warning } = useActions(server)('rebuild');
  const [open, setOpen] = useState(false);
  const { data, error } = useQuery({ queryKey: ['images', client.tenant, server.provider_id], queryFn: () => providerImages(client, server.provider_id ? { provider: server.provider_id } : {}), enabled: open && may, staleTime: 300_000 });
  const [chosen, setChosen] = useState(server.image ?? '');
  if (!server.provider_id) return null;
  const images = data?.images.filter(i => !i.deprecated) ?? [];
  const image = images.find(i => i.ref === chosen || i.name === chosen) ?? images[0];
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-0 flex-1 basis-64 text-[13px] text-ink-2">{t('Make it anew from an image. Its disk is overwritten; address and price stay.')}</p>
      <Button kind="danger" blocked={blocked ?? (may ? undefined : t('Your role may not see what there is to choose (DENIED).'))} onClick={() => setOpen(true)}>{t('Rebuild…')}</Button>
      {open && (
        <ConfirmDialog open onClose={() => setOpen(false)} title={t('Rebuild {name}?', { name: server.name })} action={t('Rebuild')} typed={server.name}
          effect={(
            <div className="grid gap-3">
              <p>{warning ?? t('Everything on its disk is lost.')}{' '}{t('Applications, data and settings on it are gone for good; what was set up here has to be set up again.')}</p>
              {error && <ProblemNote problem={toProblem(error)} />}
              <SelectField label={t('Image')} value={image?.ref ?? ''} onChange={e => setChosen(e.target.value)}>{images.map(i => <option key={i.ref} value={i.ref}>{i.description || i.name}{i.supported ? '' : t(' (our set-up is not made for it)')}</option>)}</SelectField>
            </div>
          )}
          run={() => rebuildServer(client, server.id, { image: image?.ref ?? chosen, confirm_name: server.name })} onDone={() => toast(t('Being rebuilt'), server.name)} />
      )}
    </div>
  );
};
