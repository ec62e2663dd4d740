/** Everything of the organisation that can be searched, from the live views: as far as one may see it. */
import { Building2, type LucideIcon } from 'lucide-react';
import { useMemo } from 'react';
import { INSTALLATION } from '@xanthus/proto';
import { shortcutsOf } from '../app/shortcuts.js';
import { placesOf } from '../app/nav.js';
import { useApplications } from '../applications/applications.data.js';
import type { NoticeRow, ZoneRecord } from '../contracts.js';
import { useZones } from '../dns/dns.data.js';
import { dataText } from '../dns/record-model.js';
import { thingLink } from '../lib/thing-link.js';
import { useClient, useRows } from '../live/live-context.js';
import { usePersons } from '../members/use-names.js';
import { useMembers } from '../members/members.data.js';
import { useRecordings } from '../recordings/recordings.data.js';
import { useRoleRows } from '../roles/roles.data.js';
import { sectionsOf } from '../settings/sections.js';
import { useServers } from '../servers/servers.data.js';
import { useSessions } from '../terminals/terminals.data.js';
import { t } from '../texts/text.js';
import type { Entry, Kind } from './search-model.js';

const NOBODY = '_nothing';
/** All records of all zones: many, so only once somebody types. */
const useAllRecords = (wanted: boolean): ReadonlyMap<string, ZoneRecord> => useRows<ZoneRecord>('dns', useClient().tenant, 'records', wanted ? '*.*' : `${NOBODY}.${NOBODY}`).rows;
const useNotices = (): ReadonlyMap<string, NoticeRow> => useRows<NoticeRow>('notifications', useClient().tenant, 'notices').rows;

const placesAndDeeds = (tenant: string): readonly Entry[] => {
  const keysOf = new Map(shortcutsOf(tenant).map(s => [JSON.stringify(s.deed), s.keys] as const));
  const keys = (deed: object): { keys?: readonly string[] } => { const found = keysOf.get(JSON.stringify(deed)); return found ? { keys: found } : {}; };
  const place = ({ to, label, icon }: { readonly to: string; readonly label: string; readonly icon: LucideIcon }, hint = ''): Entry => ({ key: `place ${to}`, kind: 'place', label, hint, to: { to }, icon, ...keys({ go: to }) });
  const begin = (to: string, label: string): Entry => ({ key: `new ${to}`, kind: 'new', label, hint: '', to: { to }, words: [t('new')], ...keys({ go: to }) });
  const settings = sectionsOf(tenant).flatMap(group => group.items.filter(item => item.to.startsWith('/settings/')).map(item => place(item, t('Settings'))));
  const places = [...placesOf(tenant).map(p => place(p)), ...settings, ...(tenant === INSTALLATION ? [] : [place({ to: '/organisations', label: t('Organisations'), icon: Building2 })])];
  if (tenant === INSTALLATION) return places;
  return [
    ...places, begin('/servers/new', t('Make a server')), begin('/servers/adopt', t('Adopt a server')), begin('/catalog', t('Deploy an application')),
    { key: 'new terminal', kind: 'new', label: t('Open a terminal'), hint: '', to: { to: '/terminals', search: { open: 'new' } }, words: [t('new')], ...keys({ terminal: 'new' }) },
    begin('/roles/new', t('Define a role')), begin('/members', t('Invite a member')), begin('/api-keys', t('Create an API key')), begin('/ssh-keys', t('Make an SSH key')), begin('/providers', t('Connect a provider')),
  ];
};

/** @param deep also what is many: records */
export const useEntries = (deep: boolean): readonly Entry[] => {
  const { tenant } = useClient();
  const servers = useServers().rows;
  const applications = useApplications().rows;
  const zones = useZones().rows;
  const records = useAllRecords(deep);
  const members = useMembers().rows;
  const persons = usePersons();
  const roles = useRoleRows().rows;
  const sessions = useSessions().rows;
  const recordings = useRecordings().rows;
  const notices = useNotices();
  const fixed = useMemo(() => placesAndDeeds(tenant), [tenant]);
  return useMemo(() => {
    const thing = (kind: Kind, service: string, aggregate: string, id: string, label: string, hint: string, words: readonly (string | null | undefined)[] = []): Entry[] => {
      const to = thingLink({ service, aggregate, id });
      return to ? [{ key: `${kind} ${id}`, kind, label, hint, to, words: [id, ...words.filter(w => typeof w === 'string' && w !== '')] as string[] }] : [];
    };
    return [
      ...fixed,
      ...[...servers.values()].flatMap(s => thing('server', 'vps', 'server', s.id, s.name, s.host, [s.facts?.hostname, s.facts?.os, s.type, s.location, ...s.tags ?? []])),
      ...[...servers.values()].map((s): Entry => ({ key: `terminal-on ${s.id}`, kind: 'new', label: t('Terminal on {name}', { name: s.name }), hint: s.host, to: { to: '/terminals', search: { open: s.id } } })),
      ...[...applications.values()].flatMap(a => thing('application', 'applications', 'application', a.id, a.name, a.host ?? a.entry_name, [a.entry_name, a.namespace, a.release_name, a.server_name, ...a.exposures.map(e => e.host)])),
      ...[...zones.values()].flatMap(z => thing('zone', 'dns', 'zone', z.id, z.name, t('Domain'))),
      ...[...records].map(([key, r]): Entry => ({ key: `record ${key}`, kind: 'record', label: r.name, hint: `${r.data.type} ${dataText(r.data)}`, to: { to: '/domains/$id', params: { id: r.zone }, search: { q: r.name } }, words: [r.id, ...(r.comment ? [r.comment] : [])] })),
      ...[...members].flatMap(([id, m]) => thing('member', 'auth', 'member', id, persons.get(id)?.name ?? t('A member'), persons.get(id)?.email ?? m.role, [m.role])),
      ...[...roles.keys()].flatMap(name => thing('role', 'auth', 'role', name, name, t('Role'))),
      ...[...sessions.values()].filter(s => s.state !== 'ended').flatMap(s => thing('terminal', 'terminals', 'session', s.id, s.title, t('Session on {server_name}', { server_name: s.server_name }))),
      ...[...recordings].flatMap(([id, r]) => thing('recording', 'terminals', 'recording', id, r.title, t('Recording'))),
      ...[...notices.values()].flatMap(n => thing('notice', 'notifications', 'notice', n.id, n.text, n.thing?.name ?? t('Notice'))),
    ];
  }, [fixed, servers, applications, zones, records, members, persons, roles, sessions, recordings, notices]);
};
