import { useMutation, useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useState, type ReactNode } from 'react';
import { mayAsk } from '../../app/nav.js';
import type { Catalogue, Server } from '../../contracts.js';
import { formatMoney } from '../../lib/money.js';
import { toProblem } from '../../lib/problem.js';
import { useCan, useClient } from '../../live/live-context.js';
import { serverTypes } from '../../providers/providers.data.js';
import { rich, t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { Panel, SkeletonRows } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { toast } from '../../ui/toaster.js';
import { describeType } from '../../wizard/offers.js';
import { resizeServer } from '../server.data.js';
import { useActions } from '../use-actions.js';
import { sizeRows, type SizeRow } from './sizes.js';

/** The type of a server at its provider, and another one. */
export const SizePanel = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, serverTypes));
  const { blocked } = useActions(server)('resize');
  const [open, setOpen] = useState(false);
  if (!server.provider_id || !server.type) return null;
  return (
    <Panel title={t('Type')}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-[13px] text-ink-2">{server.location
          ? rich('{type} in {location}. More or less CPU and memory, for another price; it is off meanwhile, for a few minutes.', { type: <span className="font-mono text-ink">{server.type}</span>, location: server.location })
          : rich('{type}. More or less CPU and memory, for another price; it is off meanwhile, for a few minutes.', { type: <span className="font-mono text-ink">{server.type}</span> })}</p>
        <Button blocked={blocked ?? (may ? undefined : t('Your role may not see what there is to choose (DENIED).'))} onClick={() => setOpen(true)}>{t('Change type…')}</Button>
      </div>
      <Dialog open={open} onOpenChange={setOpen} wide title={t('Another type for {name}', { name: server.name })}><Sizes server={server} onDone={() => setOpen(false)} /></Dialog>
    </Panel>
  );
};

const Sizes = ({ server, onDone }: { readonly server: Server; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const provider = server.provider_id ?? '';
  const { data, error, refetch } = useQuery({ queryKey: ['server-types', client.tenant, provider], queryFn: () => serverTypes(client, { provider }), staleTime: 60_000 });
  if (error) return <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows label={t('Asking what there is')} rows={5} />;
  return <Choose server={server} catalogue={data} onDone={onDone} />;
};

const Choose = ({ server, catalogue, onDone }: { readonly server: Server; readonly catalogue: Catalogue; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const present = catalogue.types.find(t => t.name === server.type);
  const rows = sizeRows(catalogue, { type: server.type ?? '', location: server.location ?? '' }, present?.disk_bytes ?? 0);
  const [chosen, setChosen] = useState<string>();
  const [grow, setGrow] = useState(false);
  const row = rows.find(r => r.type.name === chosen && !r.blocked);
  const grows = row !== undefined && present !== undefined && row.type.disk_bytes > present.disk_bytes;
  const resize = useMutation({
    mutationFn: () => resizeServer(client, server.id, { type: chosen ?? '', grow_disk: grow && grows }),
    onSuccess: () => { onDone(); toast(t('Type is being changed'), `${server.name}: ${server.type} → ${chosen}`); },
  });
  return (
    <div className="grid gap-4">
      {resize.error && <ProblemNote problem={toProblem(resize.error)} />}
      <div role="radiogroup" aria-label={t('Type')} className="max-h-[46vh] divide-y divide-line overflow-y-auto rounded-lg border border-line">
        {rows.map(r => <Size key={r.type.name} row={r} currency={catalogue.pricing.currency} checked={r.type.name === chosen} onChoose={setChosen} />)}
      </div>
      {grows && (
        <label className="flex items-start gap-2 text-[13px]"><input type="checkbox" className="mt-0.5 size-4 accent-(--accent)" checked={grow} onChange={e => setGrow(e.target.checked)} />
          <span>{t('Let its disk grow too')}<span className="block text-[12px] text-ink-3">{t('It can’t shrink again: afterwards only types with at least this disk can be chosen.')}</span></span></label>
      )}
      {row && <p className="text-[13px] text-ink-2">{row.difference
        ? rich('{name} becomes {type}: {difference} a month. It stays off until you switch it on. What is on its disk stays; its address stays.', { name: server.name, type: <span className="font-mono text-ink">{row.type.name}</span>, difference: row.difference })
        : rich('{name} becomes {type}. It stays off until you switch it on. What is on its disk stays; its address stays.', { name: server.name, type: <span className="font-mono text-ink">{row.type.name}</span> })}</p>}
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" busy={resize.isPending} blocked={row ? undefined : t('Choose a type first.')} onClick={() => resize.mutate()}>{t('Change type')}</Button></DialogActions>
    </div>
  );
};

const Size = ({ row, currency, checked, onChoose }: { readonly row: SizeRow; readonly currency: string; readonly checked: boolean; readonly onChoose: (name: string) => void }): ReactNode => (
  <Choice name="type" value={row.type.name} checked={checked} blocked={row.blocked !== undefined} onChoose={onChoose} className="px-3 py-2">
    <span className="flex items-baseline justify-between gap-3 text-[13px]">
      <span className="min-w-0"><span className={clsx('font-mono', !row.blocked && 'text-ink')}>{row.type.name}</span> <span className="text-ink-3">{describeType(row.type)}</span></span>
      <span className="figure shrink-0 text-right">{row.monthly ? formatMoney(row.monthly, currency) : '–'}</span>
    </span>
    <span className="flex justify-between gap-3 text-[12px] text-ink-3"><span>{row.blocked}</span>{!row.current && row.difference && <span className="figure shrink-0">{row.difference}</span>}</span>
  </Choice>
);
