import { cannot, command, each, NOT_BEFORE, OBSERVED, page, PROGRESS, text, type Undo, type UndoneEvent, type UndoTable } from './undo.js';

const ITS_RELEASES = page('Go back to an earlier release in the history of the application: it shows first what that would change.');
/** Of work that has ended well: what is its opposite. */
const worked = ({ data }: UndoneEvent): Undo => {
  if (data['outcome'] !== 'done') return cannot('It did not come to its end, and what was begun was taken back by itself.');
  const turn = (verb: string, note?: string): Undo => command({ aggregate: 'application', verbs: [verb], row: { view: 'applications', fields: ['status'] }, ...(note ? { note } : {}), make: () => ({ verb, input: {} }) });
  switch (data['kind']) {
    case 'stop': return turn('start');
    case 'start': return turn('stop', 'It does not answer while it is stopped; what it keeps stays.');
    case 'deploy': return page('Delete the application on its page: it shows first what goes and what can be kept.');
    case 'delete': return cannot('It was deleted. Install it again; volumes that were kept are found again.');
    case 'restart': return cannot('It is running again; there is nothing to take back.');
    case 'password': return cannot('The former password is not kept. Set one on the page of the application.');
    case 'scale': return cannot('How many pods there were stands in the event “Pods scaled”, which can be taken back.');
    default: return ITS_RELEASES;
  }
};

export const applicationsUndo: UndoTable = {
  'application.UpdatePolicySet': command({
    aggregate: 'application', verbs: ['set-update-policy'], row: { view: 'applications', fields: ['updates'] },
    make: ({ before }) => { const was = before?.['updates'] as { auto?: unknown; window?: unknown } | undefined; return was ? { verb: 'set-update-policy', input: { auto: was.auto, window: was.window ?? null } } : NOT_BEFORE; },
  }),
  'application.PodsScaled': command({
    aggregate: 'application', verbs: ['scale'], says: e => [{ name: `Pods of ${text(e.data['workload'])}`, is: String(e.data['to']), will: String(e.data['from']) }],
    make: ({ event }) => ({ verb: 'scale', input: { workload: event.data['workload'], replicas: event.data['from'] } }),
  }),
  'application.WorkEnded': worked,
  'application.ReleaseMade': ITS_RELEASES,
  'application.ApplicationRequested': page('Delete the application on its page: it shows first what goes and what can be kept.'),
  'application.ApplicationDeleted': cannot('It was deleted. Install it again; volumes that were kept are found again.'),
  'application.PasswordChanged': cannot('The former password is not kept. Set one on the page of the application.'),
  'application.AccessRead': cannot('What somebody has read can’t be taken from them. Change the password if you must.'),
  'application.DriftAccepted': page('Put the chart’s own values back by “Revert” on the page of the application.'),
  ...each('application', ['ApplicationObserved', 'DriftSeen', 'UpdateHeld'], OBSERVED),
  ...each('application', ['WorkStarted', 'ObjectsMade', 'ObjectsGone'], PROGRESS),
  ...each('deployment', ['DeploymentStarted', 'DeploymentStepStarted', 'DeploymentStepProgressed', 'DeploymentStepFinished', 'DeploymentStepFailed', 'DeploymentUndoStarted', 'DeploymentFinished', 'DeploymentFailed', 'DeploymentCancelRequested', 'DeploymentCancelled', 'DeploymentRetried'], PROGRESS),
  ...each('plan', ['ApplicationPlanMade', 'ApplicationPlanTaken'], cannot('A plan changes nothing by itself, and is forgotten after a day.')),
  'catalog-entry.CatalogEntryAdded': command({ aggregate: 'catalog-entry', verbs: ['remove'], row: { view: 'catalog', fields: ['entry'] }, note: 'Applications made from it stay.', make: () => ({ verb: 'remove', input: {} }) }),
  'catalog-entry.CatalogEntryChanged': command({ aggregate: 'catalog-entry', verbs: ['change'], row: { view: 'catalog', fields: ['yaml'] }, make: ({ before }) => (before ? { verb: 'change', input: { yaml: before['yaml'] } } : NOT_BEFORE) }),
  'catalog-entry.CatalogEntryRemoved': command({ aggregate: 'catalog-entry', verbs: ['add'], row: { view: 'catalog', fields: ['yaml'] }, make: ({ before }) => (before ? { verb: 'add', input: { yaml: before['yaml'] }, id: 'new' } : NOT_BEFORE) }),
};
