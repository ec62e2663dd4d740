import { lazy, Suspense, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Application, Deployment } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Panel } from '../ui/panel.js';
import { Tag } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { rollbackApplication, useReleases } from './applications.data.js';
import { DeploymentPanel } from './deployment-panel.js';
import { PlanDialog } from './plan-dialog.js';
import { DEPLOYMENT_WORDS, WORK_WORDS } from './words.js';
import { Why } from '../why/why.js';

// Brings every event in words along.
const ThingEvents = lazy(() => import('../undo/thing-events.js').then(m => ({ default: m.ThingEvents })));

/** Its releases, each of which can be gone back to as a whole, and everything that was done to it. */
export const HistoryTab = ({ application: a, deployments }: { readonly application: Application; readonly deployments: ReadonlyMap<string, Deployment> }): ReactNode => {
  const client = useClient();
  const releases = useReleases(a.id);
  const may = useCan(maySend(client.tenant, rollbackApplication, a.id));
  const [back, setBack] = useState<number>();
  const [open, setOpen] = useState<string>();
  const all = [...releases.rows.values()].toSorted((x, y) => y.revision - x.revision);
  const work = [...deployments.values()].toSorted((x, y) => y.started_at.localeCompare(x.started_at));
  return (
    <div className="grid gap-4">
      <Panel flush title={t('Releases')}>
        {all.length === 0 ? <p className="px-4 py-8 text-center text-[13px] text-ink-3">{t('None yet: its first deployment has not ended well.')}</p> : (
          <ol aria-label={t('Releases')} className="divide-y divide-line">
            {all.map(r => (
              <li key={r.revision} data-revision={r.revision} className="group/fact flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-[13px]">
                <span className="figure w-8 text-ink-3">{r.revision}</span>
                <span className="min-w-0 flex-1 basis-48"><span className="font-medium">{r.version}</span> <span className="text-ink-3">{r.chart} {r.chart_version}</span>{r.current && <Tag strong>{t('current')}</Tag>}{r.again !== null && <Tag>{t('again {again}', { again: r.again })}</Tag>} <Why service="applications" view="releases" id={`${a.id}.${r.revision}`} path="" name={t('Revision {revision}', { revision: r.revision })} /><br /><span className="text-[12px] text-ink-3">{r.reason !== '' && `${r.reason}, `}<Ago at={r.at} />{r.exposures.length > 0 && t(', with {exposures}', { exposures: r.exposures.map(e => e.host).join(', ') })}</span></span>
                {!r.current && <Button size="sm" aria-label={t('Roll back to revision {revision}', { revision: r.revision })} blocked={!may ? NOT_YOURS : a.next.includes('rollback') ? undefined : t('Not possible now.')} onClick={() => setBack(r.revision)}>{t('Roll back…')}</Button>}
              </li>
            ))}
          </ol>
        )}
      </Panel>
      <Panel flush title={t('What was done')}>
        <ol aria-label={t('What was done')} className="divide-y divide-line">
          {work.map(d => (
            <li key={d.id} className="group/fact px-4 py-2.5 text-[13px]">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <button type="button" aria-expanded={open === d.id} className="min-w-0 flex-1 text-left hover:underline" onClick={() => setOpen(open === d.id ? undefined : d.id)}>{WORK_WORDS[d.kind]} <span className="text-ink-3"><Ago at={d.started_at} />{d.problem && d.state !== 'done' ? `: ${d.problem.message}` : ''}</span></button>
                <Why service="applications" view="deployments" id={`${a.id}.${d.id}`} path="" name={WORK_WORDS[d.kind]} />
                <StatusPill tone={DEPLOYMENT_WORDS[d.state].tone}>{DEPLOYMENT_WORDS[d.state].label}</StatusPill>
              </div>
              {open === d.id && <div className="mt-2"><DeploymentPanel deployment={d} /></div>}
            </li>
          ))}
        </ol>
      </Panel>
      <Suspense fallback={null}><ThingEvents thing={{ service: 'applications', aggregate: 'application', id: a.id }} what={t('the history of applications')} right="applications.application.read" /></Suspense>
      {back !== undefined && <PlanDialog title={t('Roll {name} back to revision {back}', { name: a.name, back })} action={t('Roll back')} wish={{ kind: 'rollback', application: a.id, revision: back }} onClose={() => setBack(undefined)} onBegun={() => setBack(undefined)} />}
    </div>
  );
};
