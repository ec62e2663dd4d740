import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { driftView } from '@xanthus/proto/vps';
import type { DriftEvent } from '../drift/drift.js';

export type DriftRow = DataOf<typeof driftView>;
type Finding = DriftRow['findings'][number];

const settled = (row: DriftRow, change: (findings: readonly Finding[]) => Finding[], changed_at: string): DriftRow | undefined => {
  const findings = change(row.findings);
  return findings.length === 0 ? undefined : { ...row, findings, changed_at };
};

const fold = (row: DriftRow | undefined, event: RecordedEvent): DriftRow | undefined => {
  const known = event as unknown as DriftEvent;
  const changed_at = event.occurred_at;
  if (known.type === 'DriftFound') {
    const { kind, expected, actual, snapshot, ...subject } = known.data;
    const others = (row?.findings ?? []).filter(f => f.kind !== kind);
    return { id: event.aggregate.id, ...subject, findings: [...others, { kind, expected, actual, ...(snapshot && { snapshot }), state: 'open', found_at: changed_at, failed: null }], changed_at };
  }
  if (!row) return undefined;
  switch (known.type) {
    case 'DriftSettled': return settled(row, findings => findings.filter(f => f.kind !== known.data.kind), changed_at);
    case 'DriftIgnored': return settled(row, findings => findings.map(f => (f.kind === known.data.kind ? { ...f, state: 'ignored' } : f)), changed_at);
    case 'DriftAnswerFailed': return settled(row, findings => findings.map(f => (f.kind === known.data.kind ? { ...f, failed: known.data.reason } : f)), changed_at);
    default: return row;
  }
};

/** What differs at the providers? `<tenant>.drift.<id>` */
export const driftProjection: Projection = keyedProjection<DriftRow>({
  name: 'drift',
  version: 1,
  schema: driftView.schema,
  own: { view: 'drift', aggregates: ['drift'] },
  evolve: fold,
});
