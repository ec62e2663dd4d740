/** Kinds of notices and their severities in words. Pure. */
import type { NoticeKind, NoticeRow, NoticeSeverity } from '@xanthus/proto/notifications';
import { t, tc } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export const KIND_TITLES: Readonly<Record<NoticeKind, string>> = {
  'alert-disk': t('Disk nearly full'), 'alert-unreachable': t('Server does not answer'), 'alert-load': t('Too much to do'), 'alert-service': t('A service failed'), 'alert-clock': t('Clock goes wrong'),
  'server-ready': t('Server is ready'), 'server-failed': t('Server could not be set up'), 'server-deleted': t('Server is gone'), 'server-removal-failed': t('Server could not be deleted'), 'server-host-key-changed': t('Another host key'),
  'server-operation-failed': t('Work on a server failed'), 'server-drift': t('Different at the provider'), 'provider-refused': t('Provider does not take the key'),
  'application-changed': t('Application changed'), 'application-failed': t('Work on an application failed'), 'application-rolled-back': t('Application rolled back'), 'application-deleted': t('Application deleted'), 'application-unwell': t('Application is not well'),
  'application-drift': t('Application changed by hand'), 'application-update-held': t('Upgrade is held back'),
  'zone-drift': t('Records changed outside'), 'zone-vanished': t('Domain can’t be seen'), 'dns-plan-failed': t('Plan for a domain failed'), 'domain-configured': t('Domain is ready'), 'domain-failed': t('Domain could not be made ready'),
  'certificate-expiring': t('Certificate ends soon'), 'certificate-renewal-failed': t('Certificate was not renewed'), 'certificate-revoked': t('Certificate was revoked'),
  'recording-failed': t('Recording failed'), 'recording-deleted': t('Recording deleted'),
  'member-joined': t('Member joined'), 'member-role-changed': t('Role of a member changed'), 'member-left': t('Member left'), 'role-changed': t('Role changed'), 'api-key-created': t('API key made'), 'api-key-expired': t('API key has expired'),
  'credential-created': t('Credential made'), 'sign-on-changed': t('Single sign-on changed'), 'log-in-refused': t('Log-in refused'), 'cloudflare-refused': t('Cloudflare does not take the token'), 'data-exported': t('Everything was exported'),
  'new-device': t('Log-in from a new device'), 'second-factor-refused': t('Second factor refused'), 'log-in-locked': t('Log-ins are held back'), 'password-changed': t('Password changed'), 'second-factor-changed': t('Second factor changed'),
  'recovery-code-used': t('Recovery code used'), 'session-stolen': t('A session was ended'), 'identity-linked': t('Another way to log in'),
  'delivery-failed': t('A channel does not take messages'),
};

/** An unknown one, of a newer service, is shown by its text. */
export const titleOf = ({ kind }: Pick<NoticeRow, 'kind'>): string | undefined => (Object.hasOwn(KIND_TITLES, kind) ? KIND_TITLES[kind as NoticeKind] : undefined);

export const SEVERITIES = ['error', 'warning', 'info'] as const satisfies readonly NoticeSeverity[];
export const SEVERITY_WORDS: Readonly<Record<NoticeSeverity, { readonly one: string; readonly many: string; readonly tone: Tone }>> = {
  error: { one: t('Error'), many: t('Errors'), tone: 'bad' }, warning: { one: t('Warning'), many: t('Warnings'), tone: 'warn' }, info: { one: tc('severity', 'Info'), many: t('Infos'), tone: 'info' },
};
export const SERVICE_WORDS: Readonly<Record<string, string>> = { vps: t('Servers'), applications: t('Applications'), dns: t('Domains'), terminals: t('Terminals'), auth: t('People and access'), notifications: t('Notifications') };

export const stateOf = (n: Pick<NoticeRow, 'lasting' | 'resolved_at' | 'severity'>): { readonly tone: Tone; readonly text: string } =>
  (n.lasting && n.resolved_at !== null ? { tone: 'ok', text: tc('notice', 'Over') } : { tone: SEVERITY_WORDS[n.severity].tone, text: SEVERITY_WORDS[n.severity].one });
