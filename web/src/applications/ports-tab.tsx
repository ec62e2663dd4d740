import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import type { Application } from '../contracts.js';
import { useDelayed } from '../dns/use-delayed.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Tag } from '../ui/row-list.js';
import { toastProblem } from '../ui/toaster.js';
import { checkHost, exposePort, portForwards, unexposePort } from './applications.data.js';
import { PlanDialog } from './plan-dialog.js';

/** Which ports have an address, and how another gets one. */
export const PortsTab = ({ application: a }: { readonly application: Application }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, portForwards, a.id));
  const mayExpose = useCan(maySend(client.tenant, exposePort, a.id));
  const mayUnexpose = useCan(maySend(client.tenant, unexposePort, a.id));
  const asked = useQuery({ queryKey: ['application', client.tenant, a.id, 'ports', a.revision], enabled: may, queryFn: () => portForwards(client, {}, a.id) });
  const [adding, setAdding] = useState<number | 'any'>();
  const [removing, setRemoving] = useState<string>();
  const remove = useMutation({ mutationFn: (host: string) => unexposePort(client, a.id, { host }), onError: toastProblem });
  const why = !mayExpose ? NOT_YOURS : a.zone === null ? t('It has no domain, so no port can have an address.') : a.next.includes('expose') ? undefined : t('Not possible now.');
  return (
    <Panel flush title={t('Ports')} aside={<Button size="sm" blocked={why} onClick={() => setAdding('any')}>{t('Another port…')}</Button>}>
      {asked.error ? <div className="p-4"><ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} /></div> : !asked.data ? <SkeletonRows rows={2} label={t('Loading ports')} /> : (
        <ul aria-label={t('Ports')} className="divide-y divide-line">
          {asked.data.ports.map(p => (
            <li key={`${p.port} ${p.host ?? ''}`} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-[13px]">
              <span className="figure w-14">{p.port}</span>
              <span className="min-w-0 flex-1 basis-40">{p.name}{p.main && <Tag>{t('main')}</Tag>}{p.description !== '' && <span className="block text-[12px] text-ink-3">{p.description}</span>}</span>
              {p.host === null ? (p.http ? <Button size="sm" blocked={why} onClick={() => setAdding(p.port)}>{t('Give port {port} an address', { port: p.port })}</Button> : <span className="text-[12px] text-ink-3">{t('no HTTP')}</span>)
                : <><a href={`https://${p.host}`} target="_blank" rel="noreferrer" className="text-accent-ink hover:underline">{p.host}</a>{!p.main && <Button size="sm" kind="quiet" blocked={!mayUnexpose ? NOT_YOURS : a.next.includes('unexpose') ? undefined : t('Not possible now.')} onClick={() => setRemoving(p.host ?? undefined)} aria-label={t('Take {host} away', { host: p.host })}>{t('Take away…')}</Button>}</>}
            </li>
          ))}
        </ul>
      )}
      {adding !== undefined && <Expose application={a} port={adding === 'any' ? undefined : adding} onClose={() => setAdding(undefined)} />}
      <ConfirmDialog open={removing !== undefined} onClose={() => setRemoving(undefined)} title={t('Take {removing} away?', { removing: removing ?? '' })} action={t('Take away')} effect={t('Its record, Service and Ingress are removed. The port itself stays, inside the cluster.')} run={() => remove.mutateAsync(removing ?? '')} />
    </Panel>
  );
};

const Expose = ({ application: a, port, onClose }: { readonly application: Application; readonly port: number | undefined; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const [number, setNumber] = useState(port === undefined ? '' : String(port));
  const [subdomain, setSubdomain] = useState('');
  const [planned, setPlanned] = useState(false);
  const settled = useDelayed(subdomain, 300);
  const host = useQuery({ queryKey: ['check-host', client.tenant, a.zone, settled], enabled: settled !== '' && a.zone !== null, queryFn: () => checkHost(client, { zone: a.zone ?? '', subdomain: settled, application: a.id }) });
  const valid = /^\d{1,5}$/.test(number) && Number(number) >= 1 && Number(number) <= 65_535;
  if (planned) return <PlanDialog title={t('Port {number} under {subdomain}', { number, subdomain })} action={t('Expose')} wish={{ kind: 'expose', application: a.id, port: Number(number), subdomain }} onClose={onClose} onBegun={onClose} />;
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('Give a port an address')} description={t('A Service, an Ingress and a DNS record are made; all of it is taken back if one does not work.')}>
      <div className="grid gap-3">
        <Field label={t('Port')} type="number" min={1} max={65_535} value={number} onChange={e => setNumber(e.target.value)} />
        <Field label={t('Subdomain')} mono value={subdomain} onChange={e => setSubdomain(e.target.value.trim().toLowerCase())} problem={host.data && !host.data.free ? host.data.message : host.error ? toProblem(host.error).message : undefined} hint={host.data?.free ? t('https://{host} is free.', { host: host.data.host }) : undefined} />
      </div>
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" blocked={!valid ? t('Give a port from 1 to 65535.') : host.data?.free && settled === subdomain ? undefined : t('Give a subdomain that is free.')} onClick={() => setPlanned(true)}>{t('See the plan')}</Button></DialogActions>
    </Dialog>
  );
};
