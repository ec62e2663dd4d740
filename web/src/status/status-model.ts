/** Is it us, the provider, or the network? From what was measured to a sentence. Pure. */
import type { ServiceHealth } from '@xanthus/proto';
import type { ShownConnection } from '../live/connection.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

/** What was heard of one service. `ms`: there and back. */
export interface ServiceAnswer { readonly service: string; readonly ms: number; readonly health?: ServiceHealth; /** It did not answer. */ readonly code?: string }
export interface Measured {
  /** To the gateway and back, ms; undefined: no answer. */
  readonly gateway_ms?: number;
  readonly version?: string;
  readonly services: readonly ServiceAnswer[];
  /** ms since 1970 */
  readonly at: number;
}
export interface ProviderState { readonly name: string; readonly circuit: 'closed' | 'half_open' | 'open'; readonly used: number; readonly limit: number }

interface ServiceWords { readonly name: string; /** What does not work without it, and what still does. */ readonly without: string }
/** In the order of the page. */
export const SERVICE_WORDS: Readonly<Record<string, ServiceWords>> = {
  auth: { name: t('People and rights'), without: t('Nobody can log in or change rights now. Who is logged in goes on.') },
  vps: { name: t('Servers'), without: t('Servers cannot be changed or watched now. They run on.') },
  applications: { name: t('Applications'), without: t('Nothing can be deployed or changed now. Applications run on.') },
  dns: { name: t('Domains'), without: t('Records and certificates cannot be changed now. Domains go on answering.') },
  terminals: { name: t('Terminals'), without: t('Terminals, files and ports cannot be opened now. Durable shells run on.') },
  notifications: { name: t('Notifications'), without: t('Nobody is told of anything now. It is made up for later.') },
  audit: { name: t('Audit'), without: t('The log is not sealed now. Events are kept all the same, and sealed later.') },
};
export const nameOf = (service: string): string => SERVICE_WORDS[service]?.name ?? service;

/** Slower than this and a person notices. */
const SLOW_MS = 1_500;
/** So many events behind is more than a moment. */
const BEHIND = 100;

export interface ShownService { readonly tone: Tone; readonly word: string }
export const serviceState = ({ health, ms, code }: ServiceAnswer): ShownService => {
  if (health === undefined) return code === 'DENIED' ? { tone: 'idle', word: t('You may not ask') } : { tone: 'bad', word: t('Does not answer') };
  if (!health.ready) return { tone: 'bad', word: t('Not ready') };
  if (health.lag !== null && health.lag > BEHIND) return { tone: 'warn', word: t('Behind') };
  return ms > SLOW_MS ? { tone: 'warn', word: t('Slow') } : { tone: 'ok', word: t('Well') };
};

export interface Verdict { readonly tone: Tone; readonly title: string; readonly lines: readonly string[] }

const ofServices = (services: readonly ServiceAnswer[]): Verdict | undefined => {
  const silent = services.filter(s => serviceState(s).tone === 'bad');
  if (silent.length > 0 && silent.length === services.length) return { tone: 'bad', title: t('It is Xanthus: none of its services answers'), lines: [t('The console shows what it knows. Servers, applications and domains run on; nothing can be changed until the services are back.')] };
  if (silent.length > 0) {
    const names = silent.map(s => nameOf(s.service)).join(', ');
    return { tone: 'bad', title: t('It is Xanthus: a part does not work ({names})', { names }), lines: [...silent.flatMap(s => SERVICE_WORDS[s.service]?.without ?? []), t('Everything else works.')] };
  }
  const late = services.filter(s => serviceState(s).tone === 'warn');
  if (late.length === 0) return undefined;
  return { tone: 'warn', title: t('It is Xanthus: a part is slow ({names})', { names: late.map(s => nameOf(s.service)).join(', ') }), lines: [t('What you do takes effect, and shows a little later.')] };
};

const ofProviders = (providers: readonly ProviderState[]): Verdict | undefined => {
  const away = providers.filter(p => p.circuit !== 'closed');
  if (away.length > 0) return { tone: 'warn', title: t('It is the provider: {names} does not answer Xanthus', { names: away.map(p => p.name).join(', ') }), lines: [t('What runs there runs on. Changes wait and are tried again by themselves.')] };
  const spent = providers.filter(p => p.limit > 0 && p.used >= p.limit);
  return spent.length === 0 ? undefined : { tone: 'warn', title: t('It is the provider: {names} takes no more calls for the moment', { names: spent.map(p => p.name).join(', ') }), lines: [t('Its limit is used up. What waits goes on by itself when there is room again.')] };
};

/** The plainest thing that is true. What is nearest to the person comes first: without a network nothing is known of the rest. */
export const verdictOf = (connection: ShownConnection, measured: Measured | undefined, providers: readonly ProviderState[]): Verdict => {
  if (connection.state === 'offline') return { tone: 'bad', title: t('It is the network: this device has none'), lines: [connection.detail, t('Xanthus, your servers and applications go on without it.')] };
  if (connection.state === 'moving') return { tone: 'info', title: t('Xanthus is being restarted'), lines: [connection.detail] };
  if (connection.state !== 'live' && connection.state !== 'connecting') {
    const reached = measured?.gateway_ms !== undefined;
    return { tone: 'bad', title: reached ? t('It is the connection: Xanthus answers, but the live connection is away') : t('It is the network or Xanthus: it cannot be reached from here'), lines: [connection.detail, t('What you see is what was known last. Servers and applications run on.')] };
  }
  if (measured === undefined) return { tone: 'info', title: t('Looking'), lines: [t('Every part of Xanthus is being asked.')] };
  const found = ofServices(measured.services) ?? ofProviders(providers);
  if (found !== undefined) return found;
  if ((measured.gateway_ms ?? 0) > SLOW_MS) return { tone: 'warn', title: t('It is the network: the way between you and Xanthus is slow'), lines: [t('Everything works; each step takes longer than it should.')] };
  return { tone: 'ok', title: t('Everything works'), lines: [t('The connection, every service and the providers answer as they should.')] };
};
