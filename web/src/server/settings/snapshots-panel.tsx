import { useMutation, useQuery } from '@tanstack/react-query';
import { Camera, Plus } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { mayAsk } from '../../app/nav.js';
import type { Server, Snapshot } from '../../contracts.js';
import { formatBytes, formatMoment } from '../../lib/format.js';
import { toProblem } from '../../lib/problem.js';
import { useCan, useClient } from '../../live/live-context.js';
import { t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { Panel, SkeletonRows } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { ListRow } from '../../ui/row-list.js';
import { toast } from '../../ui/toaster.js';
import { createSnapshot, deleteSnapshot, rebuildServer, serverSnapshots } from '../server.data.js';
import { useActions } from '../use-actions.js';
import { useLastOperation } from '../use-operation.js';

/** Copies of the disk at the provider. Asked again whenever work on the server has ended. */
export const SnapshotsPanel = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, serverSnapshots, server.id));
  const actions = useActions(server);
  const ended = useLastOperation(server.id);
  const { data, error, refetch } = useQuery({ queryKey: ['snapshots', client.tenant, server.id, ended], queryFn: () => serverSnapshots(client, {}, server.id), enabled: may && server.provider_id !== undefined, staleTime: 0, placeholderData: previous => previous });
  const [making, setMaking] = useState(false);
  const [chosen, setChosen] = useState<{ readonly snapshot: Snapshot; readonly to: 'restore' | 'delete' }>();
  if (!may || !server.provider_id || data?.supported === false) return null;
  const title = (s: Snapshot): string => s.description || t('Snapshot {id}', { id: s.id });
  const close = (): void => setChosen(undefined);
  return (
    <Panel title={t('Snapshots')} flush aside={<Button size="sm" blocked={actions('create-snapshot').blocked} icon={<Plus aria-hidden className="size-3.5" />} onClick={() => setMaking(true)}>{t('Make one')}</Button>}>
      {error && <ProblemNote className="m-3" problem={toProblem(error)} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows label={t('Asking for snapshots')} rows={2} />}
      {data && (data.items.length === 0 ? <p className="p-4 text-[13px] text-ink-3">{t('None. A snapshot is a copy of the whole disk, to go back to. It is kept at the provider, and costs by its size.')}</p> : (
        <ul aria-label={t('Snapshots')} className="divide-y divide-line">
          {data.items.map(s => (
            <ListRow key={s.id} icon={<Camera />} title={title(s)} text={<>{formatMoment(Date.parse(s.created_at))}{s.size_bytes !== null && <> · {formatBytes(s.size_bytes)}</>} · <span className="font-mono">{s.id}</span></>}
              actions={<><Button size="sm" blocked={actions('rebuild').blocked} onClick={() => setChosen({ snapshot: s, to: 'restore' })}>{t('Go back…')}</Button><Button size="sm" kind="quiet" blocked={actions('delete-snapshot').blocked} onClick={() => setChosen({ snapshot: s, to: 'delete' })}>{t('Delete…')}</Button></>} />
          ))}
        </ul>
      ))}
      <Dialog open={making} onOpenChange={setMaking} title={t('Snapshot of {name}', { name: server.name })} description={server.power === 'off' ? t('Its whole disk, as it is.') : t('Its whole disk, as it is. It runs on; what it writes meanwhile may be in it or not. Switch it off first for one that is exact.')}>
        <Make server={server} onDone={() => setMaking(false)} />
      </Dialog>
      {chosen?.to === 'restore' && (
        <ConfirmDialog open onClose={close} title={t('Go back to “{title}”?', { title: title(chosen.snapshot) })} action={t('Go back')} typed={server.name}
          effect={<>{t('The disk of {name} becomes what it was on {time}. Everything that was written since is lost for good. {warning}', { name: server.name, time: formatMoment(Date.parse(chosen.snapshot.created_at)), warning: actions('rebuild').warning ?? '' })}</>}
          run={() => rebuildServer(client, server.id, { image: chosen.snapshot.id, confirm_name: server.name })} onDone={() => toast(t('Going back'), t('{name} is made anew from the snapshot.', { name: server.name }))} />
      )}
      {chosen?.to === 'delete' && (
        <ConfirmDialog open onClose={close} title={t('Delete “{title}”?', { title: title(chosen.snapshot) })} action={t('Delete snapshot')} effect={t('It is deleted at the provider, for good; the server itself stays as it is.')}
          run={() => deleteSnapshot(client, server.id, { snapshot: chosen.snapshot.id })} onDone={() => toast(t('Snapshot is being deleted'), title(chosen.snapshot))} />
      )}
    </Panel>
  );
};

const Make = ({ server, onDone }: { readonly server: Server; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [description, setDescription] = useState('');
  const make = useMutation({ mutationFn: () => createSnapshot(client, server.id, { description: description.trim() }), onSuccess: () => { onDone(); toast(t('Snapshot is being made'), server.name); } });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!make.isPending) make.mutate(); };
  return (
    <form onSubmit={submit}>
      {make.error && <ProblemNote className="mb-3" problem={toProblem(make.error)} />}
      <Field label={t('Description')} maxLength={100} value={description} onChange={e => setDescription(e.target.value)} placeholder={t('before the upgrade')} hint={t('So that it is found again.')} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={make.isPending}>{t('Make snapshot')}</Button></DialogActions>
    </form>
  );
};
