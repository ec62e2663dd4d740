import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { PlanObstacle, RecordIssue, Zone } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { ProblemNote } from '../ui/problem-note.js';
import { adoptRecords } from './dns.data.js';
import { Obstacles } from './obstacles.js';
import { listIn } from './plan-model.js';
import { Issues } from './record-editor.js';

/** Why no plan came of it, and the way on. */
export const PlanProblem = ({ zone, error, again }: { readonly zone: Zone; readonly error: unknown; readonly again?: (() => void) | undefined }): ReactNode => {
  const client = useClient();
  const mayAdopt = useCan(maySend(client.tenant, adoptRecords, zone.id));
  if (!error) return null;
  const problem = toProblem(error);
  const issues = listIn<RecordIssue>(problem.details, 'issues');
  const obstacles = listIn<PlanObstacle>(problem.details, 'obstacles');
  return (
    <div className="mb-4 grid gap-2">
      <ProblemNote problem={problem} onRetry={again} tone={problem.code === 'DNS.NOTHING_TO_CHANGE' ? 'warn' : 'bad'} />
      <Issues issues={issues} />
      {obstacles.length > 0 && <Obstacles zone={zone} obstacles={obstacles} may={mayAdopt} onAdopted={again} />}
    </div>
  );
};
