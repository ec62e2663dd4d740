import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { entryVersions, type Application } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { SelectField } from '../ui/field.js';
import { SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { PlanDialog } from './plan-dialog.js';

/** First the version, then the plan. */
export const UpgradeDialog = ({ application: a, onClose }: { readonly application: Application; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const [version, setVersion] = useState('');
  const [planned, setPlanned] = useState(false);
  const asked = useQuery({ queryKey: ['versions', client.tenant, a.entry], queryFn: () => client.query(entryVersions, {}, { id: a.entry }) });
  if (planned) return <PlanDialog title={`${a.name}: ${a.version} → ${version}`} action="Upgrade" wish={{ kind: 'upgrade', application: a.id, version }} onClose={onClose} onBegun={onClose} />;
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title="Change version" description={`${a.name} has ${a.version}. If the other version does not become ready, it goes back by itself.`}>
      {asked.error ? <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} /> : !asked.data ? <SkeletonRows rows={1} label="Loading versions" /> : (
        <SelectField label="Version" value={version} onChange={e => setVersion(e.target.value)} hint={asked.data.problem ? `${asked.data.problem.message} Shown is what was last known.` : undefined}>
          <option value="" disabled>Choose</option>
          {asked.data.versions.filter(v => v.version !== a.version).map(v => <option key={v.version} value={v.version}>{v.version}{v.prerelease ? ' (pre-release)' : ''}</option>)}
        </SelectField>
      )}
      <DialogActions><Button onClick={onClose}>Cancel</Button><Button kind="primary" blocked={version === '' ? 'Choose a version first.' : undefined} onClick={() => setPlanned(true)}>See the plan</Button></DialogActions>
    </Dialog>
  );
};
