import { INSTALLATION, type CapabilityRequest } from '@xanthus/proto';
import { AppWindow, BellRing, Building2, Coins, Film, GitCompareArrows, Globe, KeyRound, KeySquare, LayoutDashboard, MonitorSmartphone, PlugZap, ScrollText, Server, Settings, ShieldCheck, SquareTerminal, Store, UserRound, Users, Vault } from 'lucide-react';

/** The places of the console, for sidebar and palette. A place that may not be read stays, and says so when opened. */
export const PLACES = [
  { to: '/', label: 'Dashboard', icon: LayoutDashboard, group: 'Overview' },
  { to: '/servers', label: 'Servers', icon: Server, group: 'Infrastructure' },
  { to: '/applications', label: 'Applications', icon: AppWindow, group: 'Infrastructure' },
  { to: '/terminals', label: 'Terminals', icon: SquareTerminal, group: 'Infrastructure' },
  { to: '/recordings', label: 'Recordings', icon: Film, group: 'Infrastructure' },
  { to: '/domains', label: 'Domains', icon: Globe, group: 'Infrastructure' },
  { to: '/alerts', label: 'Alerts', icon: BellRing, group: 'Infrastructure' },
  { to: '/costs', label: 'Costs', icon: Coins, group: 'Infrastructure' },
  { to: '/drift', label: 'Drift', icon: GitCompareArrows, group: 'Infrastructure' },
  { to: '/providers', label: 'Providers', icon: Store, group: 'Infrastructure' },
  { to: '/ssh-keys', label: 'SSH keys', icon: KeyRound, group: 'Infrastructure' },
  { to: '/members', label: 'Members', icon: Users, group: 'Organisation' },
  { to: '/roles', label: 'Roles', icon: ShieldCheck, group: 'Organisation' },
  { to: '/api-keys', label: 'API keys', icon: KeySquare, group: 'Organisation' },
  { to: '/credentials', label: 'Credentials', icon: PlugZap, group: 'Organisation' },
  { to: '/secrets', label: 'Secrets', icon: Vault, group: 'Organisation' },
  { to: '/security', label: 'Security events', icon: ScrollText, group: 'Organisation' },
  { to: '/settings', label: 'Settings', icon: Settings, group: 'Organisation' },
  { to: '/profile', label: 'Profile', icon: UserRound, group: 'You' },
  { to: '/sessions', label: 'Sessions', icon: MonitorSmartphone, group: 'You' },
] as const;

/** Of the installation itself, for its operators: there are no servers there, and nothing of anybody's. */
const INSTALLATION_PLACES = [
  { to: '/organisations', label: 'Organisations', icon: Building2, group: 'Overview' },
  { to: '/members', label: 'Operators', icon: Users, group: 'Overview' },
  ...PLACES.filter(p => p.group === 'You'),
] as const;
export const placesOf = (tenant: string): typeof PLACES | typeof INSTALLATION_PLACES => (tenant === INSTALLATION ? INSTALLATION_PLACES : PLACES);

/** The right to send a command: one literal subject, as the gateway checks it. */
export const maySend = (tenant: string, contract: { readonly service: string; readonly aggregate: string; readonly verb: string; readonly on: string }, id = 'new'): CapabilityRequest =>
  ({ what: 'command', subject: `cmd.${tenant}.${contract.service}.${contract.aggregate}.${contract.on === 'new' ? 'new' : id}.${contract.verb}` });

export const mayAsk = (tenant: string, contract: { readonly service: string; readonly question: string }, id = 'all'): CapabilityRequest =>
  ({ what: 'command', subject: `qry.${tenant}.${contract.service}.${contract.question}.${id}` });
