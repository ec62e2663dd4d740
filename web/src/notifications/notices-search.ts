/** What is looked for among notices, as it stands in the address. Pure. */
import type { NoticeRow, NoticeSeverity } from '@xanthus/proto/notifications';

const SHOWS = ['unread', 'open'] as const;
export interface NoticesSearch { readonly show?: (typeof SHOWS)[number]; readonly severity?: NoticeSeverity; readonly service?: string; readonly q?: string; /** The one that a message led to. */ readonly notice?: string }

const word = (value: unknown, pattern: RegExp): string | undefined => (typeof value === 'string' && pattern.test(value) ? value : undefined);

export const readNoticesSearch = (search: Readonly<Record<string, unknown>>): NoticesSearch => {
  const show = SHOWS.find(s => s === search['show']);
  const severity = (['error', 'warning', 'info'] as const).find(s => s === search['severity']);
  const service = word(search['service'], /^[a-z-]{1,32}$/);
  const notice = word(search['notice'], /^[0-9a-z]{26}$/);
  const q = typeof search['q'] === 'string' && search['q'] !== '' ? search['q'].slice(0, 200) : undefined;
  return { ...(show && { show }), ...(severity && { severity }), ...(service && { service }), ...(notice && { notice }), ...(q && { q }) };
};

interface About { readonly unread: boolean; /** As it is shown. */ readonly title: string | undefined; readonly name: string | undefined; readonly service: string }

/** The one that a message led to is always among them. */
export const isSought = (search: NoticesSearch, n: Pick<NoticeRow, 'id' | 'severity' | 'text' | 'lasting' | 'resolved_at'>, { unread, title, name, service }: About): boolean => {
  if (n.id === search.notice) return true;
  if (search.show === 'unread' && !unread) return false;
  if (search.show === 'open' && !(n.lasting && n.resolved_at === null)) return false;
  if (search.severity !== undefined && n.severity !== search.severity) return false;
  if (search.service !== undefined && service !== search.service) return false;
  const text = `${title ?? ''} ${n.text} ${name ?? ''}`.toLowerCase();
  return (search.q ?? '').toLowerCase().split(/\s+/).every(w => text.includes(w));
};
