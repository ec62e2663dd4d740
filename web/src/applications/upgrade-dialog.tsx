import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Application } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { SelectField } from '../ui/field.js';
import { SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { entryVersions } from './applications.data.js';
import { PlanDialog } from './plan-dialog.js';

/** First the version, then the plan. */
export const UpgradeDialog = ({ application: a, onClose }: { readonly application: Application; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const [version, setVersion] = useState('');
  const [planned, setPlanned] = useState(false);
  const asked = useQuery({ queryKey: ['versions', client.tenant, a.entry], queryFn: () => entryVersions(client, {}, a.entry) });
  if (planned) return <PlanDialog title={`${a.name}: ${a.version} → ${version}`} action={t('Upgrade')} wish={{ kind: 'upgrade', application: a.id, version }} onClose={onClose} onBegun={onClose} />;
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('Change version')} description={t('{name} has {version}. If the other version does not become ready, it goes back by itself.', { name: a.name, version: a.version })}>
      {asked.error ? <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} /> : !asked.data ? <SkeletonRows rows={1} label={t('Loading versions')} /> : (
        <SelectField label={t('Version')} value={version} onChange={e => setVersion(e.target.value)} hint={asked.data.problem ? t('{message} Shown is what was last known.', { message: asked.data.problem.message }) : undefined}>
          <option value="" disabled>{t('Choose')}</option>
          {asked.data.versions.filter(v => v.version !== a.version).map(v => <option key={v.version} value={v.version}>{v.version}{v.prerelease ? ` ${t('(pre-release)')}` : ''}</option>)}
        </SelectField>
      )}
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" blocked={version === '' ? t('Choose a version first.') : undefined} onClick={() => setPlanned(true)}>{t('See the plan')}</Button></DialogActions>
    </Dialog>
  );
};
