import type { CapabilityRequest } from '@xanthus/proto';
import { KeyRound, LayoutDashboard, PlugZap, Server, Users } from 'lucide-react';

/** The places of the console, for sidebar and palette. A place that may not be read stays, and says so when opened. */
export const PLACES = [
  { to: '/', label: 'Dashboard', icon: LayoutDashboard, group: 'Overview' },
  { to: '/servers', label: 'Servers', icon: Server, group: 'Infrastructure' },
  { to: '/ssh-keys', label: 'SSH keys', icon: KeyRound, group: 'Infrastructure' },
  { to: '/members', label: 'Members', icon: Users, group: 'Organisation' },
  { to: '/credentials', label: 'Credentials', icon: PlugZap, group: 'Organisation' },
] as const;

/** The right to send a command: one literal subject, as the gateway checks it. */
export const maySend = (tenant: string, contract: { readonly service: string; readonly aggregate: string; readonly verb: string; readonly on: string }, id = 'new'): CapabilityRequest =>
  ({ what: 'command', subject: `cmd.${tenant}.${contract.service}.${contract.aggregate}.${contract.on === 'new' ? 'new' : id}.${contract.verb}` });

export const mayAsk = (tenant: string, contract: { readonly service: string; readonly question: string }, id = 'all'): CapabilityRequest =>
  ({ what: 'command', subject: `qry.${tenant}.${contract.service}.${contract.question}.${id}` });
