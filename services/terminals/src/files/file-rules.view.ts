import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { fileRulesView } from '@xanthus/proto/terminals';
import type { FileRuleEvent } from './file-rule.decide.js';

type Row = DataOf<typeof fileRulesView>;

/** Which rules about files has the tenant? `<tenant>.file-rules.<tenant>` */
export const fileRulesProjection: Projection = {
  name: 'file-rules', version: 1, schema: fileRulesView.schema,
  async project(event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> {
    if (event.aggregate.name !== 'file-rule') return [];
    const known = event as unknown as FileRuleEvent;
    const key = viewKey(event.tenant, 'file-rules', event.aggregate.id);
    const before = (await view.get<Row>(key))?.rules ?? [];
    switch (known.type) {
      case 'FileRuleSet': {
        const { data } = known;
        return [{ key, value: { rules: [...before.filter(r => r.id !== data.id), { ...data, set_at: event.occurred_at, set_by: event.actor }] } satisfies Row }];
      }
      case 'FileRuleRemoved': return [{ key, value: { rules: before.filter(r => r.id !== known.data.rule) } satisfies Row }];
      default: return [];
    }
  },
};
