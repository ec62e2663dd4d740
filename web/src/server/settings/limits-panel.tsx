import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ALERT_WORDS } from '../../alerts/alert-rows.js';
import { useServerAlerts } from '../../alerts/alerts.data.js';
import { maySend } from '../../app/nav.js';
import type { AlertKind, Server, ServerAlerts } from '../../contracts.js';
import { toProblem } from '../../lib/problem.js';
import { useCan, useClient } from '../../live/live-context.js';
import { t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Panel } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { toast } from '../../ui/toaster.js';
import { NOT_YOURS } from '../actions.js';
import { setAlertLimits } from '../server.data.js';
import { limitsProblem, readLimits, showLimits, type LimitsDraft } from './limits.js';

/** When alerts of a server come; what is left empty is as for all servers. */
export const LimitsPanel = ({ server }: { readonly server: Server }): ReactNode => {
  const { status, rows } = useServerAlerts(server.id);
  if (status === 'denied' || status === 'failed') return null;
  const limits = rows.get(server.id)?.limits ?? {};
  // Another draft when somebody else changed them meanwhile.
  return <Panel title={t('Alerts')}>{status === 'ready' && <Form key={JSON.stringify(limits)} server={server} now={limits} />}</Panel>;
};

const Form = ({ server, now }: { readonly server: Server; readonly now: ServerAlerts['limits'] }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, setAlertLimits, server.id));
  const [draft, setDraft] = useState<LimitsDraft>(() => showLimits(now));
  const wrong = limitsProblem(draft);
  const save = useMutation({ mutationFn: () => setAlertLimits(client, server.id, { limits: readLimits(draft) }), onSuccess: () => toast(t('Saved'), t('Alerts of {name}', { name: server.name })) });
  const same = JSON.stringify(readLimits(draft)) === JSON.stringify(readLimits(showLimits(now)));
  const blocked = !may ? NOT_YOURS : wrong.disk ?? wrong.load ?? (same ? t('Nothing is changed.') : undefined);
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!blocked) save.mutate(); };
  const toggle = (kind: AlertKind): void => setDraft(d => ({ ...d, off: d.off.includes(kind) ? d.off.filter(k => k !== kind) : [...d.off, kind] }));
  return (
    <form onSubmit={submit} className="grid gap-4">
      {save.error && <ProblemNote problem={toProblem(save.error)} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('Disk fuller than, %')} inputMode="numeric" placeholder="90" value={draft.disk} readOnly={!may} onChange={e => setDraft(d => ({ ...d, disk: e.target.value }))} problem={wrong.disk} />
        <Field label={t('Load per processor above')} inputMode="decimal" placeholder="2" value={draft.load} readOnly={!may} onChange={e => setDraft(d => ({ ...d, load: e.target.value }))} problem={wrong.load} />
      </div>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-2 text-[13px]"><legend className="mb-1.5 font-medium">{t('Tell about')}</legend>
        {(Object.keys(ALERT_WORDS) as AlertKind[]).map(kind => <label key={kind} className="flex items-center gap-1.5"><input type="checkbox" className="size-4 accent-(--accent)" disabled={!may} checked={!draft.off.includes(kind)} onChange={() => toggle(kind)} />{ALERT_WORDS[kind].label}</label>)}
      </fieldset>
      <div className="flex justify-end"><Button type="submit" busy={save.isPending} blocked={blocked}>{t('Save')}</Button></div>
    </form>
  );
};
