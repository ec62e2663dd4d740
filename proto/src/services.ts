/** All contracts of the services that exist, for doors, documents and tests. */
import { applicationsCommands, applicationsEvents, applicationsQueries, applicationsSignals, applicationsViews } from './applications/contracts.js';
import { auditCommands, auditEvents, auditQueries, auditSignals, auditViews } from './audit/contracts.js';
import { authCommands, authEvents, authQueries, authSignals, authViews } from './auth/index.js';
import type { CommandContract, EventContract, QueryContract, SignalContract, ViewContract } from './contract.js';
import { dnsCommands, dnsEvents, dnsQueries, dnsSignals, dnsViews } from './dns/contracts.js';
import { notificationsCommands, notificationsEvents, notificationsQueries, notificationsSignals, notificationsViews } from './notifications/contracts.js';
import { terminalsCommands, terminalsEvents, terminalsQueries, terminalsSignals, terminalsViews } from './terminals/contracts.js';
import { vpsCommands, vpsEvents, vpsQueries, vpsSignals, vpsViews } from './vps/contracts.js';

export interface ServiceContracts {
  readonly commands: Readonly<Record<string, CommandContract>>;
  readonly queries: Readonly<Record<string, QueryContract>>;
  readonly events: Readonly<Record<string, EventContract>>;
  readonly views: Readonly<Record<string, ViewContract>>;
  readonly signals: Readonly<Record<string, SignalContract>>;
}

export const SERVICES = {
  applications: { commands: applicationsCommands, queries: applicationsQueries, events: applicationsEvents, views: applicationsViews, signals: applicationsSignals },
  audit: { commands: auditCommands, queries: auditQueries, events: auditEvents, views: auditViews, signals: auditSignals },
  auth: { commands: authCommands, queries: authQueries, events: authEvents, views: authViews, signals: authSignals },
  dns: { commands: dnsCommands, queries: dnsQueries, events: dnsEvents, views: dnsViews, signals: dnsSignals },
  notifications: { commands: notificationsCommands, queries: notificationsQueries, events: notificationsEvents, views: notificationsViews, signals: notificationsSignals },
  terminals: { commands: terminalsCommands, queries: terminalsQueries, events: terminalsEvents, views: terminalsViews, signals: terminalsSignals },
  vps: { commands: vpsCommands, queries: vpsQueries, events: vpsEvents, views: vpsViews, signals: vpsSignals },
} as const satisfies Record<string, ServiceContracts>;
export type ServiceName = keyof typeof SERVICES;

/** What a service may ask of another, whoever caused it: `cmd` and `qry` patterns. Anything else is refused. */
export const SERVICE_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  gateway: [
    'cmd.xanthus.auth.installation.xanthus.complete-setup', 'qry.xanthus.auth.setup-status.all',
    'cmd.xanthus.auth.invitation.new.accept', 'qry.xanthus.auth.invitation.all',
    'cmd.xanthus.auth.session.new.open', 'cmd.xanthus.auth.session.*.refresh', 'cmd.xanthus.auth.session.*.revoke', 'cmd.xanthus.auth.session.*.switch', 'cmd.xanthus.auth.person.new.reset-password',
    'cmd.xanthus.auth.cloudflare-account.*.validate', 'qry.xanthus.auth.cloudflare-token-help.all',
    'qry.xanthus.auth.oidc-options.all', 'qry.xanthus.auth.oidc-start.all', 'qry.xanthus.auth.oidc-logout.*', 'cmd.xanthus.auth.identity.new.link', 'cmd.*.auth.oidc-provider.*.backchannel-logout', 'cmd.*.auth.api-key.*.note-use',
  ],
  launch: ['cmd.xanthus.auth.installation.xanthus.>', 'qry.xanthus.auth.setup-status.all', 'cmd.*.auth.credential.>', 'cmd.*.auth.member.new.add', 'cmd.*.auth.person.*.issue-reset-link', 'qry.*.auth.member-names.all', 'cmd.*.auth.key-ring.*.rotate', 'cmd.xanthus.auth.master-key.xanthus.rotate', 'qry.xanthus.auth.tenant-receipt.*'],
  audit: [],
  notifications: [],
  auth: [],
  vps: ['cmd.*.auth.resource.*.tag', 'cmd.*.auth.secret.*.hand-over'],
  dns: ['qry.*.auth.linked-cloudflare.all', 'cmd.*.auth.cloudflare-account.*.hand-over', 'cmd.*.auth.cloudflare-account.*.hand-over-key'],
  applications: [
    'cmd.*.dns.plan.new.make', 'cmd.*.dns.plan.*.apply', 'cmd.*.dns.plan.*.resume', 'cmd.*.dns.plan.*.discard', 'qry.*.dns.plan.*', 'qry.*.dns.visibility.*', 'qry.*.dns.view.plans.*',
    'cmd.*.dns.domain.*.use', 'cmd.*.dns.domain.*.unuse', 'cmd.*.dns.certificate.*.hand-over', 'qry.*.dns.check-name.all', 'qry.*.dns.view.zones.*', 'qry.*.dns.view.domains.*', 'qry.*.dns.view.certificates.*',
    'qry.*.vps.view.servers.*', 'qry.*.vps.view.metrics.*', 'qry.*.vps.server-types.all', 'cmd.*.vps.server.*.connect', 'cmd.*.vps.server.*.sign',
  ],
  terminals: ['cmd.*.vps.server.*.connect', 'cmd.*.vps.server.*.sign', 'qry.*.vps.view.servers.*', 'qry.*.auth.member-names.all'],
};
