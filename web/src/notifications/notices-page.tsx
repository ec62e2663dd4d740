import { useNavigate, useSearch } from '@tanstack/react-router';
import { Bell, CheckCheck, Settings2 } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import { useThingNames } from '../lib/things.data.js';
import { useNames } from '../members/use-names.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { SelectField, Field } from '../ui/field.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { NoticeLine } from './notice-line.js';
import { isSought, type NoticesSearch } from './notices-search.js';
import { useNotices, type Notice } from './notifications.data.js';
import { SERVICE_WORDS, SEVERITIES, SEVERITY_WORDS, titleOf } from './words.js';

/** Rows at once; more on demand. */
const STEP = 100;
/** Where its kind comes from. */
const serviceOf = (n: Notice): string => (n.kind.startsWith('alert-') ? 'vps' : n.thing?.service ?? 'auth');

/** Everything that has happened that one should know. */
export const NoticesPage = (): ReactNode => {
  const notices = useNotices();
  const names = useThingNames();
  const people = useNames();
  const search = useSearch({ from: '/shell/notifications' });
  const [shown, setShown] = useState(STEP);
  const sought = notices.all.filter(n => isSought(search, n, { unread: notices.isUnread(n), title: titleOf(n), name: n.thing?.name, service: serviceOf(n) }));
  useShownOnce(search.notice, notices.all.length > 0);
  return (
    <Page title={t('Notifications')} actions={(
      <>
        <Link to="/settings/notifications" className={`${buttonClass('secondary')} max-sm:hidden`}><Settings2 aria-hidden className="size-4" />{t('Channels')}</Link>
        <Button icon={<CheckCheck aria-hidden className="size-4" />} blocked={notices.unread === 0 ? t('All is read.') : undefined} onClick={() => notices.readAll()}>{t('Mark all read')}</Button>
      </>
    )}>
      <PageBody>
        <ListStates of={notices} what={t('notices')} right="notifications.notice.read" count={notices.all.length} empty={<EmptyState icon={<Bell />} title={t('Nothing has happened yet')}>{t('A notice comes when a server needs somebody, work has failed or is done, a certificate ends, or something about members changes. Channels send them by e-mail or to a chat.')}</EmptyState>}>
          <Filters search={search} />
          {sought.length === 0 ? <EmptyState icon={<Bell />} title={t('None fits')}>{t('Other filters show more.')}</EmptyState> : (
            <Panel flush>
              <ul aria-label={t('Notices')} className="divide-y divide-line">
                {sought.slice(0, shown).map(n => (
                  <NoticeLine key={n.id} notice={n} notices={notices} found={n.id === search.notice} name={n.thing ? names.name(n.thing) : undefined} within={n.thing ? names.within(n.thing) : undefined} by={n.by ? people.get(n.by.id) : undefined} />
                ))}
              </ul>
            </Panel>
          )}
          {sought.length > shown && <p className="mt-3 text-center"><Button onClick={() => setShown(shown + STEP)}>{t('Show more')}</Button></p>}
          <p className="mt-3 text-[12px] text-ink-3">{t('The newest 500 of the organisation are kept here; the audit has everything.')}</p>
        </ListStates>
      </PageBody>
    </Page>
  );
};

/** Into sight, once it is there. */
const useShownOnce = (notice: string | undefined, there: boolean): void => {
  const done = useRef<string>(undefined);
  useEffect(() => {
    if (!there || notice === undefined || done.current === notice) return;
    done.current = notice;
    document.querySelector(`#notice-${notice}`)?.scrollIntoView({ block: 'center' });
  }, [notice, there]);
};

const Filters = ({ search }: { readonly search: NoticesSearch }): ReactNode => {
  const navigate = useNavigate();
  const set = (change: Readonly<Record<string, string>>): void => {
    const { notice: _notice, ...kept } = search;
    void navigate({ to: '/notifications', search: Object.fromEntries(Object.entries({ ...kept, ...change }).filter(([, value]) => value !== '')) as NoticesSearch, replace: true });
  };
  return (
    <form role="search" aria-label={t('Filter notices')} className="mb-4 grid grid-cols-2 gap-3 sm:grid-cols-4" onSubmit={event => event.preventDefault()}>
      <SelectField label={t('Show')} value={search.show ?? ''} onChange={event => set({ show: event.target.value })}>
        <option value="">{t('All')}</option><option value="unread">{t('Unread')}</option><option value="open">{t('Open')}</option>
      </SelectField>
      <SelectField label={t('Severity')} value={search.severity ?? ''} onChange={event => set({ severity: event.target.value })}>
        <option value="">{t('All')}</option>{SEVERITIES.map(s => <option key={s} value={s}>{SEVERITY_WORDS[s].many}</option>)}
      </SelectField>
      <SelectField label={t('About')} value={search.service ?? ''} onChange={event => set({ service: event.target.value })}>
        <option value="">{t('Everything')}</option>{Object.entries(SERVICE_WORDS).map(([service, label]) => <option key={service} value={service}>{label}</option>)}
      </SelectField>
      <Field label={t('Words')} type="search" value={search.q ?? ''} placeholder={t('web-1 disk')} onChange={event => set({ q: event.target.value })} />
    </form>
  );
};
