/** The catalog of permissions in words, for the matrix of roles and for "why". `permissions.unit.spec.ts` holds it against proto, so that none is missing. Pure. */

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
  group('Servers', 'vps.server', { read: 'See servers, their history and figures', 'test-connection': 'Test a connection', adopt: 'Adopt a machine', 'adopt-sandbox': 'Adopt the sandbox', rename: 'Rename', connect: 'Work on it by SSH: applications, terminals, jobs', tag: 'Tag (decides what roles for a tag reach)', 'accept-host-key': 'Accept a new host key', delete: 'Remove', create: 'Make servers (which costs money)', 'install-k3s': 'Install K3s', cancel: 'Stop making a server', retry: 'Try again after a failure',
    'power-on': 'Switch on', 'power-off': 'Cut the power', reboot: 'Reboot', reset: 'Reset', shutdown: 'Shut down', resize: 'Change the type', rebuild: 'Rebuild', 'create-snapshot': 'Make snapshots', 'delete-snapshot': 'Delete snapshots',
    'set-time-zone': 'Set the time zone', 'apply-manifest': 'Apply Kubernetes objects', 'read-kubeconfig': 'Read the kubeconfig (administers the cluster)', 'add-key': 'Let SSH keys in', 'remove-key': 'Take SSH keys out',
    'follow-logs': 'Follow logs live', 'stop-logs': 'Stop following logs',
  }, 'servers'),
  group('Costs of servers', 'vps.cost', { read: 'See what servers cost' }, 'costs'),
  group('Differences at the provider', 'vps.drift', { read: 'See differences', accept: 'Take them over', revert: 'Undo them at the provider', ignore: 'Leave them as they are', 'check-now': 'Look now' }, 'drift'),
  group('Applications', 'applications.application', {
    read: 'See applications, what was done to them and their logs', plan: 'Make plans (changes nothing yet)', deploy: 'Deploy', upgrade: 'Change the version', 'set-values': 'Change values and variables', rollback: 'Roll back', expose: 'Give ports an address', unexpose: 'Take addresses away',
    revert: 'Undo changes by hand', delete: 'Delete', restart: 'Restart', stop: 'Stop', start: 'Start', scale: 'Scale', cancel: 'Cancel what is under way', retry: 'Try again after a failure', 'check-now': 'Look at the cluster now', 'set-update-policy': 'Set what is upgraded by itself',
    'accept-drift': 'Accept what was changed by hand', 'follow-logs': 'Follow logs live', 'stop-logs': 'Follow logs no more', 'read-access': 'See passwords and tokens', 'set-password': 'Change passwords',
  }, 'applications'),
  group('Plans for applications', 'applications.plan', { read: 'See plans of applications' }, 'plans'),
  group('Deployments', 'applications.deployment', { read: 'See what is done to applications' }),
  group('Catalog', 'applications.catalog-entry', { read: 'See the catalog', add: 'Add own entries', change: 'Change own entries', remove: 'Remove own entries' }, 'catalog'),
  group('Terminals', 'terminals.session', {
    read: 'See sessions, and watch those one is invited to', open: 'Open shells, and type in those one is invited to', attach: 'Join any session, to watch or moderate', detach: 'Leave a session', resize: 'Resize', close: 'End own sessions', kill: 'End any session', rename: 'Rename own sessions',
    share: 'Invite members', unshare: 'Take invitations back', 'hand-over': 'Hand over', moderate: 'Switch moderation', extend: 'Stay longer',
  }, 'sessions'),
  group('Open ports', 'terminals.forward', { read: 'See open ports', open: 'Open ports of servers one may work on', enter: 'Use ports that are open', extend: 'Give own ones more time', close: 'Close any' }, 'forwards'),
  group('Files on servers', 'terminals.files', {
    read: 'See folders of servers one may work on', 'begin-download': 'Download and read files', 'save-text': 'Save texts', 'begin-upload': 'Upload', 'write-part': 'Upload: parts', 'finish-upload': 'Upload: finish', 'abort-upload': 'Upload: give up',
    'make-folder': 'Make folders', rename: 'Rename', remove: 'Delete', 'set-mode': 'Set permissions',
  }),
  group('Rules about files', 'terminals.file-rule', { read: 'See rules about files', set: 'Make rules about files (and define roles)', remove: 'Remove them' }, 'file-rules'),
  group('Recordings of terminals', 'terminals.recording', { read: 'See that there are recordings', open: 'Look at recordings, search and download them', keep: 'Keep one beyond its time', delete: 'Delete them for ever' }, 'recordings'),
  group('Domains', 'dns.zone', { read: 'See zones, records and what was changed outside', manage: 'Add a zone to Xanthus', release: 'Release a zone', refresh: 'Compare with Cloudflare now', 'adopt-record': 'Take over records', 'disown-record': 'Give records back', 'accept-drift': 'Accept what was changed outside' }, 'zones'),
  group('Plans for records', 'dns.plan', { read: 'See plans', make: 'Make plans (changes nothing yet)', apply: 'Apply a plan', cancel: 'Stop or roll back one that runs', resume: 'Go on with one that failed', discard: 'Throw plans away' }, 'plans'),
  group('TLS of domains', 'dns.domain', { read: 'See how domains are configured', configure: 'Configure a domain', undo: 'Take a configuration back', retry: 'Try again after a failure' }, 'domains'),
  group('Origin certificates', 'dns.certificate', { read: 'See certificates', renew: 'Renew', revoke: 'Revoke', 'set-renewal': 'Set whether it is renewed by itself' }, 'certificates'),
  group('Alerts', 'vps.alert', { read: 'See alerts', acknowledge: 'Say that somebody takes care', mute: 'Mute', 'set-limits': 'Set limits' }, 'alerts'),
  group('Providers', 'vps.provider', { read: 'See accounts at providers and what they sell', connect: 'Connect an account', 'replace-key': 'Replace a key', rename: 'Rename an account', check: 'Check a key', disconnect: 'Disconnect an account' }, 'providers'),
  group('SSH keys', 'vps.ssh-key', { read: 'See SSH keys', generate: 'Generate', import: 'Add', remove: 'Remove' }, 'ssh-keys'),
  group('Members', 'auth.member', { read: 'See members', add: 'Add with a first password', assign: 'Change roles', remove: 'Remove' }, 'members'),
  group('Accounts', 'auth.person', { 'issue-reset-link': 'Make password links' }),
  group('Invitations', 'auth.invitation', { read: 'See invitations', create: 'Invite', resend: 'Renew links', revoke: 'Revoke' }, 'invitations'),
  group('Roles', 'auth.role', { read: 'See roles', define: 'Define roles', remove: 'Remove roles', explain: 'Ask why somebody may do something' }, 'roles'),
  group('API keys', 'auth.api-key', { read: 'See API keys', create: 'Create', revoke: 'Revoke' }, 'api-keys'),
  group('Credentials', 'auth.credential', { read: 'See credentials', create: 'Create', revoke: 'Revoke' }, 'credentials'),
  group('Secrets', 'auth.secret', { read: 'See fingerprints of secrets', put: 'Keep a secret', rotate: 'Replace a secret', remove: 'Destroy a secret' }, 'secrets'),
  group('Data keys', 'auth.key-ring', { 'key-rings': 'See the age of data keys', rotate: 'Make new data keys' }),
  group('Single sign-on', 'auth.oidc-provider', { read: 'See providers', define: 'Define providers', remove: 'Remove providers', 'oidc-test': 'Test a provider' }, 'oidc-providers'),
  group('Cloudflare', 'auth.cloudflare-account', { read: 'See linked accounts', link: 'Link an account', configure: 'Say who may come in', check: 'Check a token', unlink: 'Unlink', 'cloudflare-import': 'Preview an import', import: 'Import from an older Xanthus' }, 'cloudflare-accounts'),
  group('Notices', 'notifications.notice', { read: 'See what happened that somebody should know' }, 'notices'),
  group('Deliveries', 'notifications.delivery', { read: 'Follow what is sent to channels' }),
  group('Channels', 'notifications.channel', { read: 'See where notices are sent', 'channel-settings': 'See recipients and mail servers', define: 'Add a channel', change: 'Change', pause: 'Pause', resume: 'Resume', test: 'Test', remove: 'Remove' }, 'channels'),
  group('Audit', 'audit.chain', { read: 'See how the log is chained, search and verify it' }, 'chains'),
  group('Security events', 'auth.event', { read: 'See security events' }),
  group('Organisation', 'auth.tenant', { read: 'See the organisation', rename: 'Rename it', export: 'Export everything', forget: 'Forget it for ever' }, 'tenants'),
];
export const ALL_PERMISSIONS: readonly Permission[] = PERMISSION_GROUPS.flatMap(g => g.permissions);

const GROUP = new Map(PERMISSION_GROUPS.flatMap(g => [...g.permissions.map(p => [p.name, `${g.label}: ${p.label.charAt(0).toLowerCase()}${p.label.slice(1)}`] as const), [g.all, `${g.label}: everything`] as const]));
const SPANS: Readonly<Record<string, string>> = { 'vps.*': 'Servers and SSH keys: everything', 'vps.read': 'See servers and SSH keys', 'applications.*': 'Applications: everything', 'applications.read': 'See applications', 'terminals.*': 'Terminals: everything', 'terminals.read': 'See terminals and recordings', 'dns.*': 'Domains: everything', 'dns.read': 'See domains', 'auth.*': 'People and access: everything', 'auth.read': 'See people and access', 'notifications.*': 'Notifications: everything', 'notifications.read': 'See notices and channels', 'audit.*': 'Audit: everything', 'audit.read': 'See how the log is chained, search and verify it' };
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
