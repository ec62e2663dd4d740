import type { DomainEvent, EventContext } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { driftEvents, DriftFinding, DriftKind } from '@xanthus/proto/vps';

export type DriftEvent = EventOf<typeof driftEvents>;
export interface DriftSubject { readonly server: string | null; readonly name: string; readonly provider_id: string; readonly provider_ref: string }
export interface Problem { readonly code: string; readonly message: string }
export type OpenFinding = DriftFinding & { readonly ignored: boolean; /** Why the last answer to it failed. */ readonly failed?: Problem };

/** What differs of one machine; `subject` is null as long as nothing ever did. */
export interface DriftState { readonly subject: DriftSubject | null; readonly findings: Readonly<Partial<Record<DriftKind, OpenFinding>>> }

export const initialDrift: DriftState = { subject: null, findings: {} };

/** Total: an event that does not fit the state, or that is not known, changes nothing. */
export const evolveDrift = (state: DriftState, event: DriftEvent | DomainEvent, _context?: EventContext): DriftState => {
  const known = event as DriftEvent;
  switch (known.type) {
    case 'DriftFound': {
      const { kind, expected, actual, snapshot, ...subject } = known.data;
      return { subject, findings: { ...state.findings, [kind]: { kind, expected, actual, ...(snapshot && { snapshot }), ignored: false } } };
    }
    case 'DriftSettled': {
      const { [known.data.kind]: _gone, ...findings } = state.findings;
      return { ...state, findings };
    }
    case 'DriftIgnored': {
      const finding = state.findings[known.data.kind];
      return finding ? { ...state, findings: { ...state.findings, [finding.kind]: { ...finding, ignored: true } } } : state;
    }
    case 'DriftAnswerFailed': {
      const finding = state.findings[known.data.kind];
      return finding ? { ...state, findings: { ...state.findings, [finding.kind]: { ...finding, failed: known.data.reason } } } : state;
    }
    default: return state;
  }
};
