/** What a person has read: everything up to a moment, and a few beside it. Kept as the preference `notices.<tenant>`. Pure. */
import type { NoticeRow } from '@xanthus/proto/notifications';

export interface Unread {
  /** All that last happened until then is read, but `unread`. */
  readonly until: string;
  /** Of what happened later, `<id>@<when it last happened>`: what happens again is unread again. */
  readonly read: readonly string[];
  readonly unread: readonly string[];
}
type Notice = Pick<NoticeRow, 'id' | 'last_at'>;

export const NOTHING_READ: Unread = { until: '', read: [], unread: [] };
/** A preference holds 16 KB. */
const MOST = 200;

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string').slice(-MOST) : []);
/** As it is stored, perhaps by an older console. */
export const toUnread = (value: unknown): Unread => {
  if (typeof value !== 'object' || value === null) return NOTHING_READ;
  const { until, read, unread } = value as Readonly<Record<string, unknown>>;
  return { until: typeof until === 'string' ? until : '', read: strings(read), unread: strings(unread) };
};

const markOf = ({ id, last_at }: Notice): string => `${id}@${last_at}`;
export const isUnread = ({ until, read, unread }: Unread, n: Notice): boolean => (n.last_at > until ? !read.includes(markOf(n)) : unread.includes(n.id));

/** As short as it can be said: read up to the first that is not, and no more words than a preference holds. */
const shortened = (state: Unread, all: readonly Notice[]): Unread => {
  const byTime = all.toSorted((a, b) => (a.last_at < b.last_at ? -1 : 1));
  const first = byTime.find(n => n.last_at > state.until && isUnread(state, n));
  const before = byTime.filter(n => n.last_at > state.until && (first === undefined || n.last_at < first.last_at));
  const until = before.at(-1)?.last_at ?? state.until;
  const known = new Set(all.map(n => n.id));
  const later = new Set(byTime.filter(n => n.last_at > until).map(markOf));
  const next = { until, read: state.read.filter(mark => later.has(mark)), unread: state.unread.filter(id => known.has(id)) };
  if (next.read.length <= MOST) return next;
  // Rather some that were not read count as unread by name than that what was read comes back.
  const line = byTime.filter(n => n.last_at > until)[MOST]?.last_at ?? until;
  const missed = byTime.filter(n => n.last_at > until && n.last_at <= line && isUnread(next, n)).map(n => n.id);
  return { until: line, read: next.read.filter(mark => mark.slice(mark.indexOf('@') + 1) > line), unread: [...next.unread, ...missed].slice(-MOST) };
};

export const markRead = (state: Unread, n: Notice, all: readonly Notice[]): Unread =>
  shortened(n.last_at > state.until ? { ...state, read: [...state.read.filter(mark => mark !== markOf(n)), markOf(n)] } : { ...state, unread: state.unread.filter(id => id !== n.id) }, all);
export const markUnread = (state: Unread, n: Notice): Unread =>
  (n.last_at > state.until ? { ...state, read: state.read.filter(mark => mark !== markOf(n)) } : { ...state, unread: [...state.unread.filter(id => id !== n.id), n.id].slice(-MOST) });
export const markAllRead = (state: Unread, all: readonly Notice[]): Unread => ({ until: all.reduce((last, n) => (n.last_at > last ? n.last_at : last), state.until), read: [], unread: [] });
