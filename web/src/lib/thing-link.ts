/**
 * Where a thing lives in the console, and what its kind is called: one decision for every aggregate of every service. Pure.
 * `ThingLink` draws it as a link, `useThingName` (`things.data.ts`) says what it is called.
 */
import { t } from '../texts/text.js';

/** An aggregate, as an event names it: `{service: 'vps', aggregate: 'server', id}`. */
export interface Thing { readonly service: string; readonly aggregate: string; readonly id: string }

/** For the router: `<Link {...address}>`, `navigate(address)`. */
export interface ThingAddress { readonly to: string; readonly params?: Readonly<Record<string, string>>; readonly search?: Readonly<Record<string, string>> }

interface Kind {
  /** Of one: `a server`, `server web-1`. */
  readonly word: string;
  /**
   * Its page. `within` is what it belongs to, where its own id does not say: the application of a deployment, the zone of a plan.
   * A string says why it has none.
   */
  readonly at: string | ((id: string, within?: string) => ThingAddress);
}

const page = (to: string, search?: Readonly<Record<string, string>>) => (): ThingAddress => ({ to, ...(search ? { search } : {}) });
const server = (tab?: string) => (id: string): ThingAddress => ({ to: '/servers/$id', params: { id }, ...(tab ? { search: { tab } } : {}) });
const zone = (tab: string) => (id: string): ThingAddress => ({ to: '/domains/$id', params: { id }, search: { tab } });
const application = (search?: Readonly<Record<string, string>>) => (id: string): ThingAddress => ({ to: '/applications/$id', params: { id }, ...(search ? { search } : {}) });
const INSTALLATION_ONLY = t('It belongs to the installation, not to one organisation.');

export const THINGS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  applications: {
    application: { word: t('application'), at: application() },
    'catalog-entry': { word: t('catalog entry'), at: page('/catalog') },
    plan: { word: t('plan of an application'), at: (_, within) => (within ? application()(within) : { to: '/applications' }) },
    deployment: { word: t('deployment'), at: (_, within) => (within ? application({ tab: 'history' })(within) : { to: '/applications' }) },
  },
  audit: { chain: { word: t('chain'), at: page('/audit') } },
  auth: {
    'api-key': { word: t('API key'), at: page('/api-keys') },
    'cloudflare-account': { word: t('Cloudflare account'), at: page('/settings/cloudflare') },
    credential: { word: t('credential'), at: page('/credentials') },
    identity: { word: t('linked account'), at: (_, within) => (within ? { to: '/members/$id', params: { id: within } } : { to: '/profile' }) },
    installation: { word: t('installation'), at: INSTALLATION_ONLY },
    invitation: { word: t('invitation'), at: page('/members') },
    'key-ring': { word: t('set of data keys'), at: page('/secrets') },
    'master-key': { word: t('master key'), at: INSTALLATION_ONLY },
    member: { word: t('member'), at: id => ({ to: '/members/$id', params: { id } }) },
    'oidc-provider': { word: t('single sign-on'), at: page('/settings/sign-on') },
    ownership: { word: t('ownership'), at: page('/members') },
    person: { word: t('person'), at: id => ({ to: '/members/$id', params: { id } }) },
    preferences: { word: t('preferences'), at: page('/profile') },
    refusals: { word: t('refused log-ins'), at: INSTALLATION_ONLY },
    resource: { word: t('tags of a thing'), at: t('The id is that of the thing which is tagged; its own events lead to it.') },
    role: { word: t('role'), at: name => ({ to: '/roles/$name', params: { name } }) },
    secret: { word: t('secret'), at: page('/secrets') },
    session: { word: t('session'), at: page('/sessions') },
    'signing-key': { word: t('signing key'), at: INSTALLATION_ONLY },
    tenant: { word: t('organisation'), at: page('/settings') },
  },
  dns: {
    certificate: { word: t('certificate'), at: zone('tls') },
    domain: { word: t('domain'), at: zone('tls') },
    plan: { word: t('plan of a domain'), at: (id, within) => (within ? { to: '/domains/$id', params: { id: within }, search: { tab: 'plans', plan: id } } : { to: '/domains' }) },
    zone: { word: t('domain'), at: id => ({ to: '/domains/$id', params: { id } }) },
  },
  notifications: {
    channel: { word: t('channel'), at: page('/settings/notifications') },
    delivery: { word: t('delivery'), at: page('/settings/notifications') },
    notice: { word: t('notice'), at: page('/notifications') },
  },
  terminals: {
    files: { word: t('files of a server'), at: server('files') },
    'file-rule': { word: t('rule about files'), at: (_, within) => (within ? server('files')(within) : { to: '/servers' }) },
    forward: { word: t('open port'), at: page('/terminals') },
    recording: { word: t('recording'), at: id => ({ to: '/recordings/$id', params: { id } }) },
    session: { word: t('terminal'), at: id => ({ to: '/terminals/$id', params: { id } }) },
  },
  vps: {
    alert: { word: t('alert'), at: server() },
    drift: { word: t('difference at the provider'), at: page('/drift') },
    provider: { word: t('account at a provider'), at: page('/providers') },
    provisioning: { word: t('set-up'), at: server('set-up') },
    removal: { word: t('removal'), at: server('set-up') },
    server: { word: t('server'), at: server() },
    'ssh-key': { word: t('SSH key'), at: page('/ssh-keys') },
  },
};

const kindOf = ({ service, aggregate }: Pick<Thing, 'service' | 'aggregate'>): Kind | undefined => {
  const service_ = Object.hasOwn(THINGS, service) ? THINGS[service] : undefined;
  return service_ && Object.hasOwn(service_, aggregate) ? service_[aggregate] : undefined;
};

/** What one of its kind is called: `server`, `API key`. Of a kind that is not known here, its name in the log. */
export const thingWord = (thing: Pick<Thing, 'service' | 'aggregate'>): string => kindOf(thing)?.word ?? thing.aggregate.replaceAll('-', ' ');

/** Its page; undefined where it has none. @param within what it belongs to, if known: see `Kind.at` */
export const thingLink = (thing: Thing, within?: string): ThingAddress | undefined => {
  const at = kindOf(thing)?.at;
  return typeof at === 'function' ? at(thing.id, within) : undefined;
};

/** As one word in an address: `vps.server.<id>`. */
export const thingToken = ({ service, aggregate, id }: Thing): string => `${service}.${aggregate}.${id}`;

/** `service`, `service.aggregate` or `service.aggregate.id`; undefined for what is none. */
export const readThing = (token: unknown): Partial<Thing> & Pick<Thing, 'service'> | undefined => {
  if (typeof token !== 'string' || !/^[a-z0-9-]{1,64}(?:\.[a-z0-9-]{1,64}){0,2}$/.test(token)) return undefined;
  const [service = '', aggregate, id] = token.split('.');
  return { service, ...(aggregate ? { aggregate } : {}), ...(id ? { id } : {}) };
};

/** What happened to it. */
export const historyLink = (thing: Thing): ThingAddress => ({ to: '/audit', search: { thing: thingToken(thing) } });
