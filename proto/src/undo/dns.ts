import { cannot, command, each, OBSERVED, page, PROGRESS, text, texts, type UndoneEvent, type UndoTable } from './undo.js';

const ofPlan = (plan: (event: UndoneEvent) => string, zone: (event: UndoneEvent) => string | undefined) => (event: UndoneEvent) => {
  const within = zone(event);
  return { service: 'dns', aggregate: 'plan', id: plan(event), ...(within ? { within } : {}) };
};
const count = (e: UndoneEvent): string => `${texts(e.data['records']).length}`;

export const dnsUndo: UndoTable = {
  'plan.PlanApplied': page('Take the plan back on the page of the domain: that makes a plan of its own, checked against what is there now.', ofPlan(e => e.aggregate.id, () => undefined)),
  'zone.RecordsChanged': page('Take the plan back that did it: that makes a plan of its own, checked against what is there now.', ofPlan(e => text(e.data['plan']), e => e.aggregate.id)),
  ...each('plan', ['PlanMade', 'PlanPart', 'PlanDiscarded'], cannot('A plan that was not applied has changed nothing.')),
  ...each('plan', ['PlanApplyStarted', 'PlanPartStarted', 'PlanPartDone', 'PlanPartFailed', 'PlanFailed', 'PlanCancelRequested', 'PlanResumed', 'PlanStopped', 'PlanRolledBack'], PROGRESS),
  'zone.RecordsAdopted': command({
    aggregate: 'zone', verbs: ['disown-record'], says: e => [{ name: `Records, ${count(e)} of them`, is: 'managed here', will: 'left alone' }], make: ({ event }) => ({ verb: 'disown-record', input: { records: texts(event.data['records']) } }),
  }),
  'zone.RecordsDisowned': command({
    aggregate: 'zone', verbs: ['adopt-record'], says: e => [{ name: `Records, ${count(e)} of them`, is: 'left alone', will: 'managed here' }], make: ({ event }) => ({ verb: 'adopt-record', input: { records: texts(event.data['records']) } }),
  }),
  'zone.ZoneManaged': command({ aggregate: 'zone', verbs: ['release'], row: { view: 'zones', fields: ['name'] }, note: 'The records stay at Cloudflare as they are.', make: () => ({ verb: 'release', input: {} }) }),
  'zone.ZoneReleased': command({ aggregate: 'zone', verbs: ['manage'], row: { view: 'zones', fields: ['name'] }, note: 'Which records were managed here is not taken over: adopt them again.', make: () => ({ verb: 'manage', input: {} }) }),
  'zone.DriftAccepted': page('Make a plan that goes back to the time before on the page of the domain.'),
  ...each('zone', ['ZoneChanged', 'ZoneVanished', 'ZoneReappeared', 'RecordsSeen', 'RecordsForgotten', 'DriftFound', 'DriftGone'], OBSERVED),
  'domain.DomainConfigured': page('“Undo” on the page of the domain puts back what Cloudflare had before.'),
  'domain.DomainUndone': page('Configure the domain again on its page.'),
  ...each('domain', ['DomainConfigureStarted', 'DomainStepStarted', 'DomainStepObserved', 'DomainStepDone', 'DomainStepFailed', 'DomainFailed', 'DomainRetried', 'DomainUndoStarted'], PROGRESS),
  ...each('domain', ['DomainUsed', 'DomainUnused'], cannot('It follows what applications do: take back their address.')),
  'certificate.CertificateRenewalSet': command({
    aggregate: 'certificate', verbs: ['set-renewal'], row: { view: 'certificates', fields: ['auto_renew'] }, make: ({ event }) => ({ verb: 'set-renewal', input: { auto: event.data['auto'] !== true } }),
  }),
  'certificate.CertificateIssued': page('Revoke the certificate on the page of the domain: that can’t be taken back in its turn.'),
  'certificate.CertificateRenewed': cannot('The former certificate was replaced; the new one serves the same names.'),
  'certificate.CertificateRevoked': cannot('A certificate that was revoked stays so. Configure the domain again for another.'),
  'certificate.CertificateHandedOver': cannot('It was given to a service that serves the domain with it.'),
  ...each('certificate', ['CertificateExpiring', 'CertificateRenewalFailed', 'CertificateRetired'], OBSERVED),
};
