/**
 * The catalog of permissions that a tenant's roles are made of, and what each means in subjects. Default deny: a command, question or view that is
 * not listed in `GRANTABLE` can be granted to nobody; a test asks for a decision about every new one.
 */
import { NO_CAPABILITIES, type CapabilityDocument } from './capabilities.js';
import type { CommandContract, QueryContract, ViewContract } from './contract.js';
import { SERVICES } from './services.js';
import { streamName } from './subjects.js';

interface Aggregate {
  /** Commands, each a permission `<service>.<aggregate>.<verb>`. */
  readonly verbs: readonly string[];
  /** Of the verbs: what no role but owner has. */
  readonly owner_only?: readonly string[];
  /** What `<service>.<aggregate>.read` shows. */
  readonly views?: readonly string[];
  readonly questions?: readonly string[];
  /** Questions that are a permission of their own, each with the views that it shows too. */
  readonly asks?: Readonly<Record<string, readonly string[]>>;
  /** Its events and signals may be followed with `read`. */
  readonly live?: true;
  /** `read` shows all of the tenant's events in the stream of the service: who did what to whom. */
  readonly log?: true;
  /** Its signals may be heard with `read`; `live` has them too. */
  readonly signals?: true;
  /** What `read` or a verb lets do in the terminals of its things: follow what is shown (`out`), type (`in`). */
  readonly tty?: Readonly<Record<string, readonly ('out' | 'in')[]>>;
  /** It has a series in `<SERVICE>_METRICS`. */
  readonly metrics?: true;
}
interface Service {
  /** All of the service is the tenant's, so that the whole is one pattern. */
  readonly whole?: true;
  readonly aggregates: Readonly<Record<string, Aggregate>>;
}

/** What is done to a server while it lives. */
const LIFE = [
  'power-on', 'power-off', 'reboot', 'reset', 'shutdown', 'resize', 'rebuild', 'create-snapshot', 'delete-snapshot', 'set-time-zone', 'apply-manifest', 'read-kubeconfig', 'add-key', 'remove-key', 'follow-logs', 'stop-logs',
] as const;

/** What a tenant can hand out. */
export const GRANTABLE: Readonly<Record<string, Service>> = {
  auth: {
    aggregates: {
      tenant: { verbs: ['rename', 'export', 'forget'], owner_only: ['export', 'forget'], views: ['tenants'] },
      member: { verbs: ['add', 'assign', 'remove'], views: ['members'], questions: ['member-names'] },
      invitation: { verbs: ['create', 'resend', 'revoke'], views: ['invitations'], questions: ['invitation-names'] },
      role: { verbs: ['define', 'remove'], views: ['roles'], asks: { explain: ['capabilities'] } },
      credential: { verbs: ['create', 'revoke'], views: ['credentials'] },
      secret: { verbs: ['put', 'rotate', 'remove'], views: ['secrets'] },
      'key-ring': { verbs: ['rotate'], asks: { 'key-rings': [] } },
      'api-key': { verbs: ['create', 'revoke'], views: ['api-keys'] },
      'oidc-provider': { verbs: ['define', 'remove'], views: ['oidc-providers'], asks: { 'oidc-test': [] } },
      'cloudflare-account': { verbs: ['link', 'configure', 'check', 'unlink', 'import'], asks: { 'cloudflare-import': [] }, views: ['cloudflare-accounts', 'provider-budgets'], questions: ['cloudflare-token-help'], signals: true },
      person: { verbs: ['issue-reset-link'] },
      /** Security events: the stream AUTH, as far as it is the tenant's. */
      event: { verbs: [], log: true },
    },
  },
  applications: {
    whole: true,
    aggregates: {
      application: {
        verbs: [
          'plan', 'deploy', 'upgrade', 'set-values', 'rollback', 'expose', 'unexpose', 'revert', 'delete', 'restart', 'stop', 'start', 'scale', 'cancel', 'retry', 'check-now', 'set-update-policy', 'accept-drift', 'follow-logs', 'stop-logs', 'read-access',
          'set-password',
        ],
        views: ['applications', 'releases', 'deployments', 'drift'], questions: ['application-status', 'logs', 'values', 'history', 'port-forwards', 'prerequisites', 'check-host'], live: true,
      },
      plan: { verbs: [], views: ['plans'], questions: ['plan'], live: true },
      deployment: { verbs: [], live: true },
      'catalog-entry': { verbs: ['add', 'change', 'remove'], views: ['catalog'], questions: ['shipped-entries', 'catalog', 'check-entry', 'versions'], live: true },
    },
  },
  notifications: {
    aggregates: {
      /** Who sees where notices go does not yet see the addresses: that is the question, a permission of its own. */
      channel: { verbs: ['define', 'change', 'pause', 'resume', 'test', 'remove'], views: ['channels', 'deliveries'], questions: ['channel-options'], asks: { 'channel-settings': [] }, live: true },
      notice: { verbs: [], views: ['notices'], live: true },
      /** Of its channel's id. */
      delivery: { verbs: [], live: true },
    },
  },
  audit: { aggregates: { chain: { verbs: [], views: ['chains'], questions: ['blocks', 'find', 'verify'], live: true } } },
  dns: {
    whole: true,
    aggregates: {
      zone: { verbs: ['manage', 'release', 'refresh', 'adopt-record', 'disown-record', 'accept-drift'], views: ['zones', 'records', 'drift'], questions: ['zones', 'export', 'zone-at', 'record-history', 'check-records'], live: true },
      plan: { verbs: ['make', 'apply', 'cancel', 'resume', 'discard'], views: ['plans'], questions: ['plan', 'visibility'], live: true },
      domain: { verbs: ['configure', 'undo', 'retry'], views: ['domains'], live: true },
      certificate: { verbs: ['renew', 'revoke', 'set-renewal'], views: ['certificates'], live: true },
    },
  },
  // Not whole: `read` must not show what recordings and files hold.
  terminals: {
    aggregates: {
      session: {
        verbs: ['open', 'attach', 'detach', 'resize', 'close', 'kill', 'rename', 'share', 'unshare', 'hand-over', 'moderate', 'extend'],
        views: ['sessions'], live: true, tty: { read: ['out'], open: ['out', 'in'], attach: ['out'] },
      },
      /** `read` lists them; what they hold takes `open` too, which the service looks at. Who works with servers doesn't delete what shows how. */
      recording: {
        verbs: ['open', 'delete', 'keep'], owner_only: ['delete'], views: ['recordings'],
        questions: ['recording-part', 'recording-index', 'recording-search', 'recording-verify', 'recordings-search'], live: true,
      },
      forward: { verbs: ['open', 'enter', 'extend', 'close'], views: ['forwards'], live: true },
      /** Of the server's id. Content takes `begin-download`, which is written down; all of it takes the right to work on that server too. */
      files: {
        verbs: ['begin-download', 'save-text', 'begin-upload', 'write-part', 'finish-upload', 'abort-upload', 'make-folder', 'rename', 'remove', 'set-mode'],
        questions: ['files-list', 'files-stat', 'files-count', 'file-part'], live: true,
      },
      /** Who makes rules needs the right to define roles too: they bind roles. */
      'file-rule': { verbs: ['set', 'remove'], views: ['file-rules'], live: true },
    },
  },
  vps: {
    whole: true,
    aggregates: {
      server: {
        verbs: ['test-connection', 'adopt', 'adopt-sandbox', 'accept-host-key', 'rename', 'tag', 'delete', 'create', 'install-k3s', 'cancel', 'retry', 'connect', ...LIFE], views: ['servers', 'setup', 'operations', 'metrics'],
        questions: ['sandbox', 'series', 'cloud-init', 'removal-plan', 'server-status', 'info', 'logs', 'snapshots', 'server-keys', 'time-zones', 'ssh-hosts'], live: true, metrics: true,
      },
      'ssh-key': { verbs: ['generate', 'import', 'remove'], views: ['ssh-keys'], live: true },
      alert: { verbs: ['acknowledge', 'mute', 'set-limits'], views: ['alerts'], live: true },
      /** Its views and question only: prices are events of the server. */
      cost: { verbs: [], views: ['costs'], questions: ['cost-report'] },
      drift: { verbs: ['accept', 'revert', 'ignore', 'check-now'], views: ['drift'], live: true },
      provider: { verbs: ['connect', 'replace-key', 'rename', 'check', 'disconnect'], views: ['providers', 'account-budgets'], questions: ['provider-kinds', 'server-types', 'locations', 'images', 'validate-name'], live: true },
    },
  },
};

/** Every member has it. */
const OF_ALL = ['?health'] as const;

/** What nobody can grant, as `<aggregate>.<verb>`, `?<question>` or `/<view>`: it belongs to the installation, to a person, or to a service. */
export const NOT_GRANTABLE: Readonly<Record<string, readonly string[]>> = {
  auth: [
    // installation, and what the gateway asks for who has no name yet
    'installation.issue-setup-link', 'installation.complete-setup', 'master-key.rotate', '?tenant-receipt', '?setup-status', 'tenant.create', 'tenant.invite-owner', '/directory', 'session.open', 'session.refresh', 'session.switch', 'person.reset-password',
    'invitation.accept', '?invitation', 'identity.link', '?oidc-options', '?oidc-start', '?oidc-logout', 'oidc-provider.backchannel-logout', '/jwks', '/key-checks', 'api-key.note-use',
    'cloudflare-account.validate',
    // one's own
    'session.revoke', 'session.revoke-all', 'session.prove', '?session-addresses', '/sessions', 'person.change-password', 'person.rename', 'person.start-totp', 'person.confirm-totp', 'person.disable-totp',
    'person.renew-recovery-codes', '/profiles', 'preferences.set', '/preferences', 'identity.unlink', 'identity.link-cloudflare', '/identities', '?oidc-link', '?health', 'member.leave', 'invitation.join', '?my-tenants',
    // services
    'resource.tag', 'secret.hand-over', 'cloudflare-account.hand-over', 'cloudflare-account.hand-over-key', '?linked-cloudflare',
  ],
  applications: [...OF_ALL],
  audit: [...OF_ALL],
  notifications: [...OF_ALL, /* one's own */ '/own-notices'],
  dns: [...OF_ALL, 'domain.use', 'domain.unuse', 'certificate.hand-over', '?check-name'],
  terminals: [...OF_ALL],
  vps: [...OF_ALL, 'server.sign'],
};

export interface Permission {
  readonly name: string;
  readonly service: string;
  /** Undefined for what spans the service. */
  readonly aggregate?: string;
  readonly kind: 'all' | 'read' | 'command' | 'question';
  /** May be given for one thing or a tag; what makes new things may not. */
  readonly narrowable: boolean;
  readonly owner_only: boolean;
  readonly summary: string;
}

const commandsOf = (service: string): readonly CommandContract[] => Object.values((SERVICES as Readonly<Record<string, { readonly commands: object }>>)[service]?.commands ?? {}) as CommandContract[];
const queriesOf = (service: string): readonly QueryContract[] => Object.values((SERVICES as Readonly<Record<string, { readonly queries: object }>>)[service]?.queries ?? {}) as QueryContract[];

const isWithin = (service: string, view: string): boolean => Object.values((SERVICES as Readonly<Record<string, { readonly views: Readonly<Record<string, ViewContract>> }>>)[service]?.views ?? {}).some(v => v.view === view && v.within === true);

const hasWithin = (service: string): boolean => Object.values(SERVICES[service as keyof typeof SERVICES].views as Readonly<Record<string, ViewContract>>).some(v => v.within === true);

const isReadable = (a: Aggregate): boolean => (a.views ?? []).length > 0 || (a.questions ?? []).length > 0 || a.live === true || a.log === true;
/** For one thing, where there is something of each. */
const isReadableById = (a: Aggregate): boolean => (a.views ?? []).length > 0 || a.live === true;

const ofAggregate = (service: string, aggregate: string, a: Aggregate): Permission[] => {
  const base = { service, aggregate, owner_only: false } as const;
  const commands = commandsOf(service).filter(c => c.aggregate === aggregate && a.verbs.includes(c.verb));
  return [
    ...(a.verbs.length === 0 ? [] : [{ ...base, name: `${service}.${aggregate}.*`, kind: 'all', narrowable: true, summary: `Everything about ${aggregate}.` } as const]),
    ...(isReadable(a) ? [{ ...base, name: `${service}.${aggregate}.read`, kind: 'read', narrowable: isReadableById(a), summary: `See ${aggregate}.` } as const] : []),
    ...commands.map((c): Permission => ({ ...base, name: `${service}.${aggregate}.${c.verb}`, kind: 'command', narrowable: c.on === 'id', owner_only: a.owner_only?.includes(c.verb) === true, summary: c.summary })),
    ...queriesOf(service).filter(q => Object.hasOwn(a.asks ?? {}, q.question)).map((q): Permission => ({ ...base, name: `${service}.${aggregate}.${q.question}`, kind: 'question', narrowable: false, summary: q.summary })),
  ];
};

/** Every permission, from the widest of a service to its single commands. */
export const PERMISSIONS: readonly Permission[] = Object.entries(GRANTABLE).flatMap(([service, { aggregates }]): Permission[] => [
  { name: `${service}.*`, service, kind: 'all', narrowable: true, owner_only: false, summary: `Everything in ${service}.` },
  { name: `${service}.read`, service, kind: 'read', narrowable: true, owner_only: false, summary: `See everything in ${service}.` },
  ...Object.entries(aggregates).flatMap(([name, a]) => ofAggregate(service, name, a)),
]);
const BY_NAME: ReadonlyMap<string, Permission> = new Map(PERMISSIONS.map(p => [p.name, p]));

export const findPermission = (name: string): Permission | undefined => BY_NAME.get(name);

/** All documents as one; a pattern that another one contains stays, for it does no harm. */
export const joinCapabilities = (documents: readonly CapabilityDocument[]): CapabilityDocument => {
  if (documents.length === 1) return documents[0] ?? NO_CAPABILITIES;
  const tables = (pick: (d: CapabilityDocument) => Readonly<Record<string, readonly string[]>>): Record<string, string[]> => {
    const joined = new Map<string, Set<string>>();
    for (const d of documents) {
      for (const [name, patterns] of Object.entries(pick(d))) {
        const set = joined.get(name) ?? new Set();
        joined.set(name, set);
        for (const p of patterns) set.add(p);
      }
    }
    return Object.fromEntries([...joined].map(([name, set]) => [name, [...set]]));
  };
  return {
    subjects: [...new Set(documents.flatMap(d => d.subjects))], commands: [...new Set(documents.flatMap(d => d.commands))],
    buckets: tables(d => d.buckets), streams: tables(d => d.streams),
  };
};

const reading = (tenant: string, service: string, name: string, a: Aggregate, target: string): CapabilityDocument => {
  const views = a.views ?? [];
  const stream = streamName(service);
  const questions = queriesOf(service).filter(q => a.questions?.includes(q.question) && (q.on === 'id' || target === '*'));
  const events = a.log === true ? [`evt.${tenant}.>`] : a.live === true ? [`evt.${tenant}.${service}.${name}.${target}`] : [];
  return {
    subjects: [...(a.signals === true || a.live === true ? [`sig.${tenant}.${service}.${name}.${target}.>`] : []), ...terminalsOf(tenant, a, 'read', target)],
    buckets: views.length === 0 ? {} : { [service]: views.map(view => `${tenant}.${view}.${target}${isWithin(service, view) ? '.*' : ''}`) },
    commands: [...views.map(view => `qry.${tenant}.${service}.view.${view}.${target}`), ...questions.map(q => `qry.${tenant}.${service}.${q.question}.${q.on === 'all' ? 'all' : target}`)],
    streams: { ...(events.length === 0 ? {} : { [stream]: events }), ...(a.metrics === true ? { [`${stream}_METRICS`]: [`met.${tenant}.${service}.${target}`] } : {}) },
  };
};

/** What a verb, or `read`, lets do in the terminals of an aggregate. What is opened anew is nobody's yet, so the right to open is one to type in any that one is let into: the service says which. */
const terminalsOf = (tenant: string, a: Aggregate | undefined, verb: string, target: string): string[] => (a?.tty?.[verb] ?? []).map(way => `tty.${tenant}.${target}.${way}`);

const commanding = (tenant: string, p: Permission, verb: string, target: string): CapabilityDocument => ({ ...NO_CAPABILITIES, subjects: terminalsOf(tenant, GRANTABLE[p.service]?.aggregates[p.aggregate ?? ''], verb, target), commands: [`cmd.${tenant}.${p.service}.${p.aggregate ?? ''}.${target}.${verb}`] });

const asking = (tenant: string, p: Permission, views: readonly string[]): CapabilityDocument => {
  const question = p.name.slice(`${p.service}.${p.aggregate ?? ''}.`.length);
  return { ...NO_CAPABILITIES, commands: [`qry.${tenant}.${p.service}.${question}.*`, ...views.map(v => `qry.${tenant}.${p.service}.view.${v}.*`)], buckets: views.length === 0 ? {} : { [p.service]: views.map(v => `${tenant}.${v}.*`) } };
};

/** The whole of a service that is the tenant's own, in few patterns. */
const whole = (tenant: string, service: string, kind: 'all' | 'read', target: string): CapabilityDocument => {
  const stream = streamName(service);
  const all = target === '*';
  return {
    subjects: [all ? `sig.${tenant}.${service}.>` : `sig.${tenant}.${service}.*.${target}.>`],
    buckets: { [service]: all ? [`${tenant}.>`] : [`${tenant}.*.${target}`, ...(hasWithin(service) ? [`${tenant}.*.${target}.*`] : [])] },
    commands: [...(kind === 'all' ? [all ? `cmd.${tenant}.${service}.>` : `cmd.${tenant}.${service}.*.${target}.*`] : []), all ? `qry.${tenant}.${service}.>` : `qry.${tenant}.${service}.*.*.${target}`],
    streams: { [stream]: [all ? `evt.${tenant}.>` : `evt.${tenant}.${service}.*.${target}`], [`${stream}_METRICS`]: [all ? `met.${tenant}.>` : `met.${tenant}.${service}.${target}`] },
  };
};

/**
 * What a permission lets do, on everything of its kind (`target` `*`) or on one thing by its id; an unknown one nothing. What makes new things is never
 * narrowed: it gives nothing then. `*` leaves out what is the owner's alone.
 */
export const rightsOf = (name: string, tenant: string, target: string): CapabilityDocument => {
  const p = BY_NAME.get(name);
  const service = p && GRANTABLE[p.service];
  if (p === undefined || service === undefined || (target !== '*' && !p.narrowable)) return NO_CAPABILITIES;
  if (p.aggregate === undefined) {
    if (p.kind !== 'all' && p.kind !== 'read') return NO_CAPABILITIES;
    if (service.whole === true) return whole(tenant, p.service, p.kind, target);
    const parts = PERMISSIONS.filter(o => o.service === p.service && o.aggregate !== undefined && o.kind !== 'all' && !o.owner_only && (p.kind === 'all' || o.kind === 'read')).map(o => rightsOf(o.name, tenant, target));
    // Whoever may follow each of its things may follow all of them as one.
    const log = target === '*' && Object.values(service.aggregates).every(a => a.live === true) ? [{ ...NO_CAPABILITIES, streams: { [streamName(p.service)]: [`evt.${tenant}.>`] } }] : [];
    return joinCapabilities([...parts, ...log]);
  }
  const a = service.aggregates[p.aggregate];
  if (a === undefined) return NO_CAPABILITIES;
  const last = p.name.slice(`${p.service}.${p.aggregate}.`.length);
  switch (p.kind) {
    case 'read': return reading(tenant, p.service, p.aggregate, a, target);
    case 'command': return commanding(tenant, p, last, target);
    case 'question': return asking(tenant, p, a.asks?.[last] ?? []);
    case 'all': {
      const parts = PERMISSIONS.filter(o => o.service === p.service && o.aggregate === p.aggregate && o.kind !== 'all' && !o.owner_only);
      // of one thing: one pattern for all its commands, for there may be a thousand such things in a document
      const inShort = target !== '*' && service.whole === true && (a.owner_only ?? []).length === 0;
      if (!inShort) return joinCapabilities(parts.map(o => rightsOf(o.name, tenant, target)));
      const commands = { ...NO_CAPABILITIES, commands: [`cmd.${tenant}.${p.service}.${p.aggregate}.${target}.*`] };
      return joinCapabilities([commands, ...parts.filter(o => o.kind !== 'command').map(o => rightsOf(o.name, tenant, target))]);
    }
  }
};
