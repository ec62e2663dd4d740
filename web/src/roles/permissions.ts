/** The catalog of permissions in words, for the matrix of roles and for "why". `permissions.unit.spec.ts` holds it against proto, so that none is missing. Pure. */
import { language } from '../texts/language.js';
import { t } from '../texts/text.js';

export interface Permission {
  readonly name: string;
  readonly label: string;
  /** Of what shows something: the view behind it. */
  readonly view?: string;
  /** May be given for one thing or a tag. */
  readonly narrowable: boolean;
  /** Nobody but an owner, however wide a role is. */
  readonly ownerOnly: boolean;
}
export interface PermissionGroup { readonly label: string; /** Stands for all of them. */ readonly all: string; readonly permissions: readonly Permission[] }

/** What makes something new can't be given for one thing; nor what has no thing. */
const WIDE: ReadonlySet<string> = new Set([
  'vps.server.test-connection', 'vps.server.create', 'vps.server.adopt', 'vps.server.adopt-sandbox', 'vps.provider.connect', 'vps.ssh-key.generate', 'vps.ssh-key.import', 'vps.drift.check-now', 'dns.plan.make', 'applications.application.plan', 'applications.application.deploy', 'terminals.session.open', 'terminals.forward.open', 'auth.member.add', 'auth.invitation.create', 'auth.role.explain', 'auth.credential.create',
  'auth.api-key.create', 'auth.oidc-provider.oidc-test', 'auth.cloudflare-account.link', 'auth.secret.put', 'auth.key-ring.key-rings', 'auth.cloudflare-account.cloudflare-import', 'notifications.channel.define', 'notifications.channel.channel-settings',
]);
const OWNER_ONLY: ReadonlySet<string> = new Set(['auth.tenant.export', 'auth.tenant.forget', 'terminals.recording.delete']);

const group = (label: string, aggregate: string, rows: Readonly<Record<string, string>>, view?: string): PermissionGroup => ({
  label, all: `${aggregate}.*`,
  permissions: Object.entries(rows).map(([verb, text]) => { const name = `${aggregate}.${verb}`; return { name, label: text, narrowable: !WIDE.has(name), ownerOnly: OWNER_ONLY.has(name), ...(verb === 'read' && view ? { view } : {}) }; }),
});

export const PERMISSION_GROUPS: readonly PermissionGroup[] = [
  group(t('Servers'), 'vps.server', { read: t('See servers, their history and figures'), 'test-connection': t('Test a connection'), adopt: t('Adopt a machine'), 'adopt-sandbox': t('Adopt the sandbox'), rename: t('Rename'), connect: t('Work on it by SSH: applications, terminals, jobs'), tag: t('Tag (decides what roles for a tag reach)'), 'accept-host-key': t('Accept a new host key'), delete: t('Remove'), create: t('Make servers (which costs money)'), 'install-k3s': t('Install K3s'), cancel: t('Stop making a server'), retry: t('Try again after a failure'),
    'power-on': t('Switch on'), 'power-off': t('Cut the power'), reboot: t('Reboot'), reset: t('Reset'), shutdown: t('Shut down'), resize: t('Change the type'), rebuild: t('Rebuild'), 'create-snapshot': t('Make snapshots'), 'delete-snapshot': t('Delete snapshots'),
    'set-time-zone': t('Set the time zone'), 'apply-manifest': t('Apply Kubernetes objects'), 'read-kubeconfig': t('Read the kubeconfig (administers the cluster)'), 'add-key': t('Let SSH keys in'), 'remove-key': t('Take SSH keys out'),
    'follow-logs': t('Follow logs live'), 'stop-logs': t('Stop following logs'),
  }, 'servers'),
  group(t('Costs of servers'), 'vps.cost', { read: t('See what servers cost') }, 'costs'),
  group(t('Differences at the provider'), 'vps.drift', { read: t('See differences'), accept: t('Take them over'), revert: t('Undo them at the provider'), ignore: t('Leave them as they are'), 'check-now': t('Look now') }, 'drift'),
  group(t('Applications'), 'applications.application', {
    read: t('See applications, what was done to them and their logs'), plan: t('Make plans (changes nothing yet)'), deploy: t('Deploy'), upgrade: t('Change the version'), 'set-values': t('Change values and variables'), rollback: t('Roll back'), expose: t('Give ports an address'), unexpose: t('Take addresses away'),
    revert: t('Undo changes by hand'), delete: t('Delete'), restart: t('Restart'), stop: t('Stop'), start: t('Start'), scale: t('Scale'), cancel: t('Cancel what is under way'), retry: t('Try again after a failure'), 'check-now': t('Look at the cluster now'), 'set-update-policy': t('Set what is upgraded by itself'),
    'accept-drift': t('Accept what was changed by hand'), 'follow-logs': t('Follow logs live'), 'stop-logs': t('Follow logs no more'), 'read-access': t('See passwords and tokens'), 'set-password': t('Change passwords'),
  }, 'applications'),
  group(t('Plans for applications'), 'applications.plan', { read: t('See plans of applications') }, 'plans'),
  group(t('Deployments'), 'applications.deployment', { read: t('See what is done to applications') }),
  group(t('Catalog'), 'applications.catalog-entry', { read: t('See the catalog'), add: t('Add own entries'), change: t('Change own entries'), remove: t('Remove own entries') }, 'catalog'),
  group(t('Terminals'), 'terminals.session', {
    read: t('See sessions, and watch those one is invited to'), open: t('Open shells, and type in those one is invited to'), attach: t('Join any session, to watch or moderate'), detach: t('Leave a session'), resize: t('Resize'), close: t('End own sessions'), kill: t('End any session'), rename: t('Rename own sessions'),
    share: t('Invite members'), unshare: t('Take invitations back'), 'hand-over': t('Hand over'), moderate: t('Switch moderation'), extend: t('Stay longer'),
  }, 'sessions'),
  group(t('Open ports'), 'terminals.forward', { read: t('See open ports'), open: t('Open ports of servers one may work on'), enter: t('Use ports that are open'), extend: t('Give own ones more time'), close: t('Close any') }, 'forwards'),
  group(t('Files on servers'), 'terminals.files', {
    read: t('See folders of servers one may work on'), 'begin-download': t('Download and read files'), 'save-text': t('Save texts'), 'begin-upload': t('Upload'), 'write-part': t('Upload: parts'), 'finish-upload': t('Upload: finish'), 'abort-upload': t('Upload: give up'),
    'make-folder': t('Make folders'), rename: t('Rename'), remove: t('Delete'), 'set-mode': t('Set permissions'),
  }),
  group(t('Rules about files'), 'terminals.file-rule', { read: t('See rules about files'), set: t('Make rules about files (and define roles)'), remove: t('Remove them') }, 'file-rules'),
  group(t('Recordings of terminals'), 'terminals.recording', { read: t('See that there are recordings'), open: t('Look at recordings, search and download them'), keep: t('Keep one beyond its time'), delete: t('Delete them for ever') }, 'recordings'),
  group(t('Domains'), 'dns.zone', { read: t('See zones, records and what was changed outside'), manage: t('Add a zone to Xanthus'), release: t('Release a zone'), refresh: t('Compare with Cloudflare now'), 'adopt-record': t('Take over records'), 'disown-record': t('Give records back'), 'accept-drift': t('Accept what was changed outside') }, 'zones'),
  group(t('Plans for records'), 'dns.plan', { read: t('See plans'), make: t('Make plans (changes nothing yet)'), apply: t('Apply a plan'), cancel: t('Stop or roll back one that runs'), resume: t('Go on with one that failed'), discard: t('Throw plans away') }, 'plans'),
  group(t('TLS of domains'), 'dns.domain', { read: t('See how domains are configured'), configure: t('Configure a domain'), undo: t('Take a configuration back'), retry: t('Try again after a failure') }, 'domains'),
  group(t('Origin certificates'), 'dns.certificate', { read: t('See certificates'), renew: t('Renew'), revoke: t('Revoke'), 'set-renewal': t('Set whether it is renewed by itself') }, 'certificates'),
  group(t('Alerts'), 'vps.alert', { read: t('See alerts'), acknowledge: t('Say that somebody takes care'), mute: t('Mute'), 'set-limits': t('Set limits') }, 'alerts'),
  group(t('Providers'), 'vps.provider', { read: t('See accounts at providers and what they sell'), connect: t('Connect an account'), 'replace-key': t('Replace a key'), rename: t('Rename an account'), check: t('Check a key'), disconnect: t('Disconnect an account') }, 'providers'),
  group(t('SSH keys'), 'vps.ssh-key', { read: t('See SSH keys'), generate: t('Generate'), import: t('Add'), remove: t('Remove') }, 'ssh-keys'),
  group(t('Members'), 'auth.member', { read: t('See members'), add: t('Add with a first password'), assign: t('Change roles'), remove: t('Remove') }, 'members'),
  group(t('Accounts'), 'auth.person', { 'issue-reset-link': t('Make password links') }),
  group(t('Invitations'), 'auth.invitation', { read: t('See invitations'), create: t('Invite'), resend: t('Renew links'), revoke: t('Revoke') }, 'invitations'),
  group(t('Roles'), 'auth.role', { read: t('See roles'), define: t('Define roles'), remove: t('Remove roles'), explain: t('Ask why somebody may do something') }, 'roles'),
  group(t('API keys'), 'auth.api-key', { read: t('See API keys'), create: t('Create'), revoke: t('Revoke') }, 'api-keys'),
  group(t('Credentials'), 'auth.credential', { read: t('See credentials'), create: t('Create'), revoke: t('Revoke') }, 'credentials'),
  group(t('Secrets'), 'auth.secret', { read: t('See fingerprints of secrets'), put: t('Keep a secret'), rotate: t('Replace a secret'), remove: t('Destroy a secret') }, 'secrets'),
  group(t('Data keys'), 'auth.key-ring', { 'key-rings': t('See the age of data keys'), rotate: t('Make new data keys') }),
  group(t('Single sign-on'), 'auth.oidc-provider', { read: t('See providers'), define: t('Define providers'), remove: t('Remove providers'), 'oidc-test': t('Test a provider') }, 'oidc-providers'),
  group(t('Cloudflare'), 'auth.cloudflare-account', { read: t('See linked accounts'), link: t('Link an account'), configure: t('Say who may come in'), check: t('Check a token'), unlink: t('Unlink'), 'cloudflare-import': t('Preview an import'), import: t('Import from an older Xanthus') }, 'cloudflare-accounts'),
  group(t('Notices'), 'notifications.notice', { read: t('See what happened that somebody should know') }, 'notices'),
  group(t('Deliveries'), 'notifications.delivery', { read: t('Follow what is sent to channels') }),
  group(t('Channels'), 'notifications.channel', { read: t('See where notices are sent'), 'channel-settings': t('See recipients and mail servers'), define: t('Add a channel'), change: t('Change'), pause: t('Pause'), resume: t('Resume'), test: t('Test'), remove: t('Remove') }, 'channels'),
  group(t('Audit'), 'audit.chain', { read: t('See how the log is chained, search and verify it') }, 'chains'),
  group(t('Security events'), 'auth.event', { read: t('See security events') }),
  group(t('Organisation'), 'auth.tenant', { read: t('See the organisation'), rename: t('Rename it'), export: t('Export everything'), forget: t('Forget it for ever') }, 'tenants'),
];
export const ALL_PERMISSIONS: readonly Permission[] = PERMISSION_GROUPS.flatMap(g => g.permissions);

/** In the middle of a sentence: German nouns stay as they are. */
const inside = (label: string): string => (language === 'en' ? `${label.charAt(0).toLowerCase()}${label.slice(1)}` : label);
const GROUP = new Map(PERMISSION_GROUPS.flatMap(g => [...g.permissions.map(p => [p.name, `${g.label}: ${inside(p.label)}`] as const), [g.all, t('{label}: everything', { label: g.label })] as const]));
const SPANS: Readonly<Record<string, string>> = { 'vps.*': t('Servers and SSH keys: everything'), 'vps.read': t('See servers and SSH keys'), 'applications.*': t('Applications: everything'), 'applications.read': t('See applications'), 'terminals.*': t('Terminals: everything'), 'terminals.read': t('See terminals and recordings'), 'dns.*': t('Domains: everything'), 'dns.read': t('See domains'), 'auth.*': t('People and access: everything'), 'auth.read': t('See people and access'), 'notifications.*': t('Notifications: everything'), 'notifications.read': t('See notices and channels'), 'audit.*': t('Audit: everything'), 'audit.read': t('See how the log is chained, search and verify it') };
export const permissionLabel = (name: string): string => SPANS[name] ?? GROUP.get(name) ?? name;

/** Does a granted permission stand for this one? `vps.server.*` does for each of `vps.server.…`, `vps.read` for each `vps.….read`. */
export const covers = (granted: string, wanted: string): boolean => {
  if (granted === wanted) return true;
  if (OWNER_ONLY.has(wanted)) return false;
  const [service = '', last = '', more] = granted.split('.');
  if (granted.endsWith('.*')) return wanted.startsWith(granted.slice(0, -1));
  return last === 'read' && more === undefined && wanted.startsWith(`${service}.`) && wanted.endsWith('.read');
};

const QUESTIONS: ReadonlySet<string> = new Set(['explain', 'oidc-test', 'key-rings', 'cloudflare-import', 'channel-settings']);

/** How `explain` is asked whether somebody has a permission. `on`: an id, or `*` for all of them. */
export const questionOf = (tenant: string, permission: Permission, on: string): { readonly what: 'command' | 'bucket' | 'stream'; readonly name?: string; readonly pattern: string } => {
  const [service = '', aggregate = '', verb = ''] = permission.name.split('.');
  if (permission.name === 'auth.event.read') return { what: 'stream', name: 'AUTH', pattern: `evt.${tenant}.>` };
  if (permission.view) return { what: 'bucket', name: service, pattern: `${tenant}.${permission.view}.${on}` };
  // What has no list is seen in its events only.
  if (verb === 'read') return { what: 'stream', name: service.toUpperCase(), pattern: `evt.${tenant}.${service}.${aggregate}.${on}` };
  if (QUESTIONS.has(verb)) return { what: 'command', pattern: `qry.${tenant}.${service}.${verb}.${verb === 'explain' || verb === 'cloudflare-import' || verb === 'channel-settings' ? on : 'all'}` };
  return { what: 'command', pattern: `cmd.${tenant}.${service}.${aggregate}.${permission.narrowable ? on : 'new'}.${verb}` };
};
