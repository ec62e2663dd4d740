import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import type { Application, ApplicationWish } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Field, TextField } from '../ui/field.js';
import { Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { applicationValues, setApplicationValues } from './applications.data.js';
import { PlanDialog } from './plan-dialog.js';

/** Variables and values, changed by a plan that shows what becomes of it. */
export const ValuesTab = ({ application: a }: { readonly application: Application }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, applicationValues, a.id));
  const mayChange = useCan(maySend(client.tenant, setApplicationValues, a.id));
  const asked = useQuery({ queryKey: ['application', client.tenant, a.id, 'values', a.revision], enabled: may && a.revision > 0, queryFn: () => applicationValues(client, {}, a.id) });
  const [overlay, setOverlay] = useState<string>();
  const [variables, setVariables] = useState<Readonly<Record<string, string>>>({});
  const [wish, setWish] = useState<ApplicationWish>();
  if (!may) return <Denied what={t('values')} right="applications.application.read" />;
  if (asked.error) return <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Panel flush>{a.revision === 0 ? <p className="px-4 py-8 text-center text-[13px] text-ink-3">{t('It has no release yet.')}</p> : <SkeletonRows label={t('Loading the values')} />}</Panel>;
  const { environment, all, secrets } = asked.data;
  const text = overlay ?? asked.data.overlay;
  const changed = Object.keys(variables).length > 0 || text !== asked.data.overlay;
  const plan = (): void => setWish({ kind: 'set-values', application: a.id, ...(text === asked.data.overlay ? {} : { values: text }), ...(Object.keys(variables).length === 0 ? {} : { environment: { ...Object.fromEntries(environment.flatMap(e => (e.secret || e.value === null ? [] : [[e.name, e.value]]))), ...variables } }) });
  return (
    <div className="grid gap-4">
      {environment.length > 0 && (
        <Panel title={t('Variables')}>
          <div className="grid gap-4 sm:grid-cols-2">
            {environment.map(e => <Field key={e.name} label={e.name} mono type={e.secret ? 'password' : 'text'} autoComplete="off" placeholder={e.secret ? t('unchanged') : ''} value={variables[e.name] ?? e.value ?? ''} onChange={event => setVariables({ ...variables, [e.name]: event.target.value })} hint={e.secret ? t('A secret: what stands there is not shown.') : undefined} />)}
          </div>
        </Panel>
      )}
      <Panel title={t('Values laid over those of the entry')}>
        <TextField label="YAML" mono rows={12} value={text} onChange={e => setOverlay(e.target.value)} hint={secrets.length > 0 ? t('Secrets of it, masked everywhere: {secrets}.', { secrets: secrets.join(', ') }) : undefined} />
        <div className="mt-3 flex justify-end gap-2">
          <Button blocked={changed ? undefined : t('Nothing is changed.')} onClick={() => { setOverlay(undefined); setVariables({}); }}>{t('Discard')}</Button>
          <Button kind="primary" blocked={!mayChange ? NOT_YOURS : !changed ? t('Nothing is changed.') : a.next.includes('set-values') ? undefined : t('Not possible now.')} onClick={plan}>{t('See the plan')}</Button>
        </div>
      </Panel>
      <Panel flush title={t('All values of the release')}><pre aria-label={t('All values')} tabIndex={0} className="max-h-96 overflow-auto bg-sunken p-3 font-mono text-[12px] leading-5">{all}</pre></Panel>
      {wish && <PlanDialog title={t('Other values for {name}', { name: a.name })} action={t('Apply')} wish={wish} onClose={() => setWish(undefined)} onBegun={() => setWish(undefined)} />}
    </div>
  );
};
