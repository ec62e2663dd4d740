import { INSTALLATION, type CapabilityRequest } from '@xanthus/proto';
import { Activity, AppWindow, Bell, BellRing, Building2, Coins, FileClock, Film, GitCompareArrows, Globe, Info, KeyRound, KeySquare, LayoutDashboard, MonitorSmartphone, PlugZap, Server, Settings, ShieldCheck, SquareTerminal, Store, UserRound, Users, Vault, Waypoints } from 'lucide-react';
import { t } from '../texts/text.js';

/** The places of the console, for sidebar, palette and shortcuts. A place that may not be read stays, and says so when opened. `keys`: after `g`. */
export const PLACES = [
  { to: '/', label: t('Dashboard'), icon: LayoutDashboard, group: 'overview', keys: 'h' },
  { to: '/topology', label: t('Topology'), icon: Waypoints, group: 'overview', keys: 'm' },
  { to: '/audit', label: t('Audit'), icon: FileClock, group: 'overview', keys: 'e' },
  { to: '/notifications', label: t('Notifications'), icon: Bell, group: 'overview', keys: 'n' },
  { to: '/alerts', label: t('Alerts'), icon: BellRing, group: 'overview', keys: 'l' },
  { to: '/servers', label: t('Servers'), icon: Server, group: 'infrastructure', keys: 's' },
  { to: '/applications', label: t('Applications'), icon: AppWindow, group: 'infrastructure', keys: 'a' },
  { to: '/domains', label: t('Domains'), icon: Globe, group: 'infrastructure', keys: 'd' },
  { to: '/terminals', label: t('Terminals'), icon: SquareTerminal, group: 'infrastructure', keys: 't' },
  { to: '/recordings', label: t('Recordings'), icon: Film, group: 'infrastructure', keys: 'r' },
  { to: '/costs', label: t('Costs'), icon: Coins, group: 'infrastructure', keys: 'c' },
  { to: '/drift', label: t('Drift'), icon: GitCompareArrows, group: 'infrastructure' },
  { to: '/providers', label: t('Providers'), icon: Store, group: 'infrastructure', keys: 'p' },
  { to: '/ssh-keys', label: t('SSH keys'), icon: KeyRound, group: 'infrastructure', keys: 'k' },
  { to: '/members', label: t('Members'), icon: Users, group: 'organisation', keys: 'u' },
  { to: '/roles', label: t('Roles'), icon: ShieldCheck, group: 'organisation' },
  { to: '/api-keys', label: t('API keys'), icon: KeySquare, group: 'organisation' },
  { to: '/credentials', label: t('Credentials'), icon: PlugZap, group: 'organisation' },
  { to: '/secrets', label: t('Secrets'), icon: Vault, group: 'organisation' },
  { to: '/settings', label: t('Settings'), icon: Settings, group: 'organisation', keys: ',' },
  { to: '/profile', label: t('Profile'), icon: UserRound, group: 'you', keys: 'y' },
  { to: '/sessions', label: t('Sessions'), icon: MonitorSmartphone, group: 'you' },
  { to: '/status', label: t('Status'), icon: Activity, group: 'you', keys: 'x' },
  { to: '/about', label: t('About'), icon: Info, group: 'you' },
] as const;

/** Of the installation itself, for its operators: there are no servers there, and nothing of anybody's. */
const INSTALLATION_PLACES = [
  { to: '/organisations', label: t('Organisations'), icon: Building2, group: 'overview', keys: 'o' },
  { to: '/members', label: t('Operators'), icon: Users, group: 'overview', keys: 'u' },
  ...PLACES.filter(p => p.group === 'you'),
] as const;

export type Place = (typeof PLACES)[number] | (typeof INSTALLATION_PLACES)[number];
export const placesOf = (tenant: string): readonly Place[] => (tenant === INSTALLATION ? INSTALLATION_PLACES : PLACES);

/** `label` undefined: the first group needs none. */
export interface PlaceGroup { readonly key: string; readonly label: string | undefined; readonly places: readonly Place[] }
const GROUPS = [['overview', undefined], ['infrastructure', t('Infrastructure')], ['organisation', t('Organisation')], ['you', t('You')]] as const;
export const groupsOf = (tenant: string): readonly PlaceGroup[] =>
  GROUPS.map(([key, label]) => ({ key, label, places: placesOf(tenant).filter(place => place.group === key) })).filter(group => group.places.length > 0);

/** The right to send a command: one literal subject, as the gateway checks it. */
export const maySend = (tenant: string, contract: { readonly service: string; readonly aggregate: string; readonly verb: string; readonly on: string }, id = 'new'): CapabilityRequest =>
  ({ what: 'command', subject: `cmd.${tenant}.${contract.service}.${contract.aggregate}.${contract.on === 'new' ? 'new' : id}.${contract.verb}` });

export const mayAsk = (tenant: string, contract: { readonly service: string; readonly question: string }, id = 'all'): CapabilityRequest =>
  ({ what: 'command', subject: `qry.${tenant}.${contract.service}.${contract.question}.${id}` });
