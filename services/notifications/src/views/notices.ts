import type { Change, Projection, RecordedEvent, ViewReader } from '@xanthus/kernel';
import { INSTALLATION, viewKey } from '@xanthus/proto';
import { NOTICES_KEPT, noticesView, OWN_NOTICES_KEPT, type NoticeRow } from '@xanthus/proto/notifications';
import type { NoticeEvent, Raised } from '../notice/notice.js';

/**
 * Internal, never shown: notices in the order that they came, oldest first, `_notices.<tenant>[.<person>]`, each with its topic (older entries have none);
 * and of each topic its newest, `_topics.<tenant>.<topic>`, as long as that is kept.
 */
const ORDER = '_notices';
const TOPICS = '_topics';
interface Topic { readonly key: string }

const orderKey = (tenant: string, person?: string): string => (person === undefined ? `${ORDER}.${tenant}` : `${ORDER}.${INSTALLATION}.${person}`);
const rowKey = (tenant: string, notice: string, person?: string): string => (person === undefined ? viewKey(tenant, 'notices', notice) : viewKey(INSTALLATION, 'own-notices', person, notice));

const raise = async (event: RecordedEvent, data: Raised, view: ViewReader): Promise<readonly Change[]> => {
  const { notice, kind, severity, text, thing, by, lasting, person } = data;
  const at = event.occurred_at;
  const key = rowKey(event.tenant, notice, person);
  const row: NoticeRow = { id: notice, kind, severity, title_key: kind, text, thing, event: data.event, by, at, times: 1, last_at: at, resolved_at: lasting ? null : at, lasting };
  const order = [...((await view.get<readonly string[]>(orderKey(event.tenant, person))) ?? []), `${notice} ${event.tenant}.${event.aggregate.id}`];
  const changes: Change[] = [{ key, value: row }, { key: `${TOPICS}.${event.tenant}.${event.aggregate.id}`, value: { key } satisfies Topic }];
  const [least, kept] = [order.length - (person === undefined ? NOTICES_KEPT : OWN_NOTICES_KEPT), [] as string[]];
  for (const [i, entry] of order.entries()) {
    if (i >= least) { kept.push(entry); continue; }
    const [id = '', topic] = entry.split(' ');
    const gone = rowKey(event.tenant, id, person);
    changes.push({ key: gone, deleted: true });
    // A topic that came up again has a newer notice, which is kept.
    if (topic !== undefined && topic !== `${event.tenant}.${event.aggregate.id}` && (await view.get<Topic>(`${TOPICS}.${topic}`))?.key === gone) changes.push({ key: `${TOPICS}.${topic}`, deleted: true });
  }
  return [...changes, { key: orderKey(event.tenant, person), value: kept }];
};

const project = async (event: RecordedEvent, view: ViewReader): Promise<readonly Change[]> => {
  if (event.aggregate.name !== 'notice') return [];
  const known = event as unknown as NoticeEvent;
  if (known.type === 'NoticeRaised') return raise(event, known.data, view);
  const topic = await view.get<Topic>(`${TOPICS}.${event.tenant}.${event.aggregate.id}`);
  const row = topic && (await view.get<NoticeRow>(topic.key));
  if (!topic || row?.id !== known.data.notice) return [];
  const at = event.occurred_at;
  switch (known.type) {
    case 'NoticeRepeated': {
      const { severity, text, times } = known.data;
      return [{ key: topic.key, value: { ...row, severity, text, times, last_at: at, event: known.data.event, resolved_at: row.lasting ? null : at } }];
    }
    case 'NoticeResolved': return [{ key: topic.key, value: { ...row, resolved_at: at } }];
    default: return [];
  }
};

/** What has happened that somebody should know? `<tenant>.notices.<id>`, and of a person alone `xanthus.own-notices.<person>.<id>` */
export const noticesProjection: Projection = { name: 'notices', version: 1, schema: noticesView.schema, project };
