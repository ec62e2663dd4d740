/** What the past answers and what it doesn't: one table. Pure. */
import { ApiError } from '../lib/problem.js';
import { t } from '../texts/text.js';

export const LOOKING_BACK = t('You look at the past; nothing can be done in it.');

/** Always as it is now: they belong to who looks, not to what is looked at. */
export const ALWAYS_NOW = new Set(['auth.preferences', 'auth.capabilities']);

export const isAlwaysNow = (service: string, view: string): boolean => ALWAYS_NOW.has(`${service}.${view}`);

/** Questions whose answer does not depend on the time, or that are about the past themselves. Everything else asks the world as it is now, and would be taken for the past. */
export const TIMELESS = new Set([
  'auth.member-names', 'auth.invitation-names', 'auth.my-tenants', 'auth.cloudflare-token-help', 'vps.provider-kinds', 'vps.time-zones', 'vps.cost-report',
  'dns.record-history', 'dns.zone-at', 'dns.export', 'dns.plan',
  'terminals.recording-part', 'terminals.recording-index', 'terminals.recording-search', 'terminals.recordings-search', 'terminals.recording-verify',
]);
/** `vps.view-at/servers` is asked of any service. */
const OF_ANY = /^(?:view-at|view-history|health)(?:\/|$)/;

interface Question { readonly service: string; readonly question: string }
export const isTimeless = ({ service, question }: Question): boolean => service === 'audit' || OF_ANY.test(question) || TIMELESS.has(`${service}.${question}`);

interface Order { readonly service: string; readonly aggregate: string }
/** What changes only the console of the person who looks. */
export const mayInPast = ({ service, aggregate }: Order): boolean => service === 'auth' && aggregate === 'preferences';
/** The past of it is not known; said without alarm. */
export const isUnkept = (code: string | undefined): boolean => code === 'PAST' || code === 'PAST.NOT_KEPT';
/** The same for the subject of a right. A question stays what it was: whether it can be asked is said when it is asked. */
export const isDeed = (subject: string): boolean => subject.startsWith('cmd.') && subject.split('.')[3] !== 'preferences';

/** Requests over HTTP that belong to the log-in and not to what is looked at. */
const OF_THE_SESSION = new Set(['/api/auth/login', '/api/auth/refresh', '/api/auth/switch', '/api/auth/logout']);
export const mayRequest = (method: string, path: string): boolean => method === 'GET' || OF_THE_SESSION.has(path);

export const pastRefusal = (): ApiError => new ApiError('PAST', LOOKING_BACK, 0, false);
export const pastQuestion = (): ApiError => new ApiError('PAST', t('This is asked of the present only; of the past it isn’t kept.'), 0, false);
