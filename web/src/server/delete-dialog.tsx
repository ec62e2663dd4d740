import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useApplications } from '../applications/applications.data.js';
import type { RemovalPlan, Server } from '../contracts.js';
import { formatMoney } from '../lib/money.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Skeleton } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { deleteServer, useRemovalPlan } from './server.data.js';

interface Props { readonly server: Server; readonly open: boolean; readonly onClose: () => void; /** `machine`: it takes a while, with steps to look at; else it is done. */ readonly onGone: (machine: boolean) => void }

/** Adopted: only forgotten here. Made here: its machine goes too. The service says which, and what that takes along. */
export const DeleteServerDialog = ({ server, open, onClose, onGone }: Props): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} wide title={`${server.provider_id ? t('Delete') : t('Remove')} ${server.name}?`}>
    <Asked server={server} onClose={onClose} onGone={onGone} />
  </Dialog>
);

const Asked = ({ server, onClose, onGone }: Omit<Props, 'open'>): ReactNode => {
  const { data: plan, error, refetch } = useRemovalPlan(server.id);
  if (error) return <><ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} /><DialogActions><Button onClick={onClose}>{t('Close')}</Button></DialogActions></>;
  if (!plan) return <div role="status" aria-label={t('Looking what goes')} className="grid gap-2"><Skeleton className="h-4 w-3/4" /><Skeleton className="h-4 w-1/2" /><Skeleton className="h-4 w-2/3" /></div>;
  return <Planned server={server} plan={plan} onClose={onClose} onGone={onGone} />;
};

const List = ({ title, children }: { readonly title: string; readonly children: readonly string[] }): ReactNode => children.length > 0 && (
  <section><h3 className="text-[13px] font-medium">{title}</h3><ul className="mt-1 list-disc space-y-1 pl-5 text-[13px] text-ink-2">{children.map(text => <li key={text}>{text}</li>)}</ul></section>
);

const Planned = ({ server, plan, onClose, onGone }: Omit<Props, 'open'> & { readonly plan: RemovalPlan }): ReactNode => {
  const client = useClient();
  const [typed, setTyped] = useState('');
  // vps knows nothing of applications; whoever may not see them reads what it says of Kubernetes.
  const { rows } = useApplications();
  const applications = [...rows.values()].filter(a => a.server === server.id).map(a => `${a.name}${a.host === null ? '' : `, ${a.host}`}`);
  // The plan came after the dialog had given the focus to its first field: there was none.
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const remove = useMutation({
    mutationFn: () => deleteServer(client, server.id, plan.confirm ? { confirm_name: typed } : {}),
    onSuccess: () => {
      onClose();
      if (!plan.machine) toast(t('Removed'), t('{name} is no longer managed here.', { name: server.name }));
      onGone(plan.machine !== null);
    },
  });
  // Also what leaves the machine alone asks for the name: the credential that is destroyed may be the only one.
  const ready = typed === server.name;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (ready && !remove.isPending) remove.mutate(); };
  const action = plan.machine ? t('Delete server') : t('Remove server');
  return (
    <form ref={form} onSubmit={submit} className="grid gap-4">
      {plan.machine?.there === false && <p className="text-[13px] text-ink-2">{t('Its provider no longer has this machine. What is left of it here goes.')}</p>}
      <List title={t('This goes, for good')}>{plan.goes.map(g => g.text)}</List>
      {plan.price && <p className="text-[13px] text-ink-2">{rich('You no longer pay up to {price} a month for it.', { price: <strong className="figure font-medium text-ink">{formatMoney(plan.price.monthly, plan.price.currency)}</strong> })}</p>}
      <List title={plan.machine ? t('Applications on it, which go with it. Delete them first if their addresses and records are to go too') : t('Applications on it. They stay on the machine, but nothing can be done with them from here any more, also if the machine is adopted again. Delete them first if they are to go')}>{applications}</List>
      <List title={t('Stopped first')}>{plan.stops}</List>
      <List title={t('This stays')}>{plan.stays.map(s => s.text)}</List>
      <List title={t('This could not be asked')}>{plan.unknown}</List>
      {remove.error && <ProblemNote problem={toProblem(remove.error)} />}
      <Field label={t('Type {name} to confirm', { name: server.name })} autoComplete="off" mono value={typed} onChange={e => setTyped(e.target.value)} />
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="danger" type="submit" busy={remove.isPending} blocked={ready ? undefined : t('Type {name} first.', { name: server.name })}>{action}</Button></DialogActions>
    </form>
  );
};
