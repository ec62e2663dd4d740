import { clsx } from 'clsx';
import { List, Network, Search, Waypoints } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useApplications } from '../applications/applications.data.js';
import { Page } from '../app/page.js';
import { useZones } from '../dashboard/dashboard.data.js';
import { usePreference } from '../preferences/use-preference.js';
import { AdoptLink } from '../servers/adopt-link.js';
import { NewServerLink } from '../servers/new-server-link.js';
import { useServers } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { buttonClass } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { Forbidden } from '../ui/forbidden.js';
import { EmptyState, PageBody, Skeleton } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { useMedia } from '../ui/use-media.js';
import { TopologyList } from './topology-list.js';
import { buildTopology, findNodes } from './topology-model.js';
import { TopologyPicture } from './topology-picture.js';

const VIEWS = [['picture', t('Picture'), Network], ['list', t('List'), List]] as const;
type View = (typeof VIEWS)[number][0];

/** Servers, what runs on them, and the domains that lead to it: live. */
export const TopologyPage = (): ReactNode => {
  const [servers, applications, zones] = [useServers(), useApplications(), useZones()];
  const topology = useMemo(() => buildTopology(servers.rows.values(), applications.rows.values(), zones.rows.values()), [servers.rows, applications.rows, zones.rows]);
  const [stored, setView] = usePreference<unknown>('topology', undefined);
  const narrow = useMedia('(max-width: 767px)');
  const [q, setQ] = useState('');
  const found = useMemo(() => findNodes(topology, q), [topology, q]);
  const view: View = stored === 'list' || stored === 'picture' ? stored : narrow ? 'list' : 'picture';
  const all = [servers, applications, zones];
  const failed = all.find(r => r.status === 'failed');
  const missing = [servers.status === 'denied' && t('servers'), applications.status === 'denied' && t('applications'), zones.status === 'denied' && t('domains')].filter(w => w !== false);
  const body = (): ReactNode => {
    if (missing.length === 3) return <Forbidden right="vps.server.read" title={t('You may not see {what}', { what: t('servers') })} />;
    if (all.some(r => r.status === 'loading')) return <Skeleton className="h-[calc(100dvh-13rem)] min-h-96 rounded-xl" />;
    if (topology.nodes.length === 0) return <EmptyState icon={<Waypoints />} title={t('Nothing to draw yet')} action={<><NewServerLink /><AdoptLink /></>}>{t('Servers stand on the left, what runs on them in the middle, the domains that lead there on the right. Make a server, or adopt one.')}</EmptyState>;
    return view === 'picture' ? <TopologyPicture topology={topology} found={found} /> : <TopologyList topology={topology} found={found} />;
  };
  return (
    <Page title={t('Topology')}>
      <PageBody>
        {missing.length < 3 && (
          <div className="mb-3 flex flex-wrap items-center gap-2">
            <div className="relative w-full sm:w-64">
              <Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
              <input type="search" aria-label={t('Find in the picture')} placeholder={t('Find')} value={q} onChange={e => setQ(e.target.value)} className={clsx(inputClass, 'h-8 pl-8')} />
            </div>
            <p role="status" className="text-[12px] text-ink-3">{found ? t('{n} found', { n: found.size }) : t('{servers, plural, one {# server} other {# servers}}, {applications, plural, one {# application} other {# applications}}, {domains, plural, one {# domain} other {# domains}}', { servers: servers.rows.size, applications: applications.rows.size, domains: zones.rows.size })}</p>
            <div role="group" aria-label={t('Shown as')} className="ml-auto flex gap-1">
              {VIEWS.map(([key, label, Icon]) => <button key={key} type="button" aria-pressed={view === key} onClick={() => setView(key)} className={clsx(buttonClass('quiet', 'sm'), view === key && 'bg-raised text-ink')}><Icon aria-hidden className="size-3.5" />{label}</button>)}
            </div>
          </div>
        )}
        {failed?.problem && <ProblemNote className="mb-3" problem={failed.problem} />}
        {missing.length > 0 && missing.length < 3 && <p className="mb-3 text-[13px] text-ink-2">{t('Left out, for your role does not include it: {what}.', { what: missing.join(', ') })}</p>}
        {body()}
      </PageBody>
    </Page>
  );
};
