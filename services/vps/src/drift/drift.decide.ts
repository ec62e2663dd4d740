import type { AggregateType, Decider } from '@xanthus/kernel';
import { DRIFT_CHOICES, type DriftAnswer, type DriftFinding, type DriftKind } from '@xanthus/proto/vps';
import { driftChanged, driftNotFound, driftNotPossible } from './drift.errors.js';
import { evolveDrift, initialDrift, type DriftEvent, type DriftState, type DriftSubject, type OpenFinding, type Problem } from './drift.js';

/** Why there is no such answer to a finding. */
const NOT_POSSIBLE = {
  gone: 'What its provider has deleted can\'t be brought back from here. Accept that it is gone and create it anew.',
  snapshot: 'A snapshot can\'t be taken over without its server. Ignore it to keep it, or delete it.',
} as const;

interface Seen { readonly kind: DriftKind; readonly actual: string | null }

export type DriftCommand =
  /** All that differs now: what is no longer in it is over by itself. */
  | { readonly type: 'Compare'; readonly data: { readonly subject: DriftSubject; readonly findings: readonly DriftFinding[] } }
  /** A person's answer was carried out. `reverted`, `accepted` end the finding. */
  | { readonly type: 'Settle'; readonly data: Seen & { readonly answer: 'accept' | 'revert' } }
  | { readonly type: 'Ignore'; readonly data: Seen }
  | { readonly type: 'NoteFailure'; readonly data: { readonly kind: DriftKind; readonly answer: DriftAnswer; readonly reason: Problem } };

type Of<T extends DriftCommand['type']> = Extract<DriftCommand, { type: T }>;
type Events = readonly DriftEvent[];

const compare = (state: DriftState, { data: { subject, findings } }: Of<'Compare'>): Events => {
  const over = Object.values(state.findings).filter(known => !findings.some(f => f.kind === known.kind));
  const news = findings.filter(f => { const known = state.findings[f.kind]; return !known || known.actual !== f.actual || known.expected !== f.expected; });
  return [
    ...over.map((f): DriftEvent => ({ type: 'DriftSettled', data: { kind: f.kind, how: 'by_itself' } })),
    ...news.map((f): DriftEvent => ({ type: 'DriftFound', data: { ...subject, ...f } })),
  ];
};

/** The finding that a person answers, as long as it is what they saw. */
export const answered = (state: DriftState, { kind, actual }: Seen, answer: DriftAnswer): OpenFinding => {
  const finding = state.findings[kind];
  if (!finding) throw driftNotFound(kind);
  if (finding.actual !== actual) throw driftChanged(finding.actual);
  if (!DRIFT_CHOICES[kind].includes(answer)) throw driftNotPossible(NOT_POSSIBLE[kind === 'snapshot' ? 'snapshot' : 'gone']);
  return finding;
};

const settle = (state: DriftState, { data: { answer, ...seen } }: Of<'Settle'>): Events => {
  // The reconciler may have seen the end of it first.
  if (!state.findings[seen.kind]) return [];
  answered(state, seen, answer);
  return [{ type: 'DriftSettled', data: { kind: seen.kind, how: answer === 'accept' ? 'accepted' : 'reverted' } }];
};

const ignore = (state: DriftState, { data }: Of<'Ignore'>): Events => (answered(state, data, 'ignore').ignored ? [] : [{ type: 'DriftIgnored', data: { kind: data.kind } }]);

export const driftDecider: Decider<DriftState, DriftCommand, DriftEvent> = {
  initialState: initialDrift,
  evolve: evolveDrift,
  decide(state, command) {
    switch (command.type) {
      case 'Compare': return compare(state, command);
      case 'Settle': return settle(state, command);
      case 'Ignore': return ignore(state, command);
      case 'NoteFailure': return state.findings[command.data.kind] ? [{ type: 'DriftAnswerFailed', data: command.data }] : [];
    }
  },
};

export const driftType: AggregateType<DriftState, DriftCommand, DriftEvent> = {
  service: 'vps',
  name: 'drift',
  decider: driftDecider,
  schemas: { DriftFound: 1, DriftSettled: 1, DriftIgnored: 1, DriftAnswerFailed: 1 },
};
