/** How far the making or setting up of a server is, in words. Pure. */
import type { SetUp, SetUpStep } from '../contracts.js';
import { formatDuration, formatMilliseconds } from '../lib/format.js';
import { SET_UP_WORDS } from '../servers/vps-words.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';
import type { Step } from '../ui/step-list.js';

type Row = SetUp['steps'][number];

const STATES = { pending: 'waiting', running: 'running', waiting: 'warning', done: 'passed', failed: 'failed' } as const satisfies Record<Row['state'], Step['status']>;

/** How long each step took on the other servers of the tenant, the middle one of them, ms: what is usual here, and not what somebody guessed. */
export const usualTimes = (setUps: Iterable<SetUp>, except: string): ReadonlyMap<SetUpStep, number> => {
  const times = new Map<SetUpStep, number[]>();
  for (const { server, steps } of setUps) {
    if (server === except) continue;
    for (const { name, state, duration_ms } of steps) if (state === 'done' && duration_ms !== null) times.set(name, [...times.get(name) ?? [], duration_ms]);
  }
  return new Map([...times].map(([name, list]) => [name, list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0]));
};

/** Worth telling beside what runs, ms. */
const LONG = 2_000;
const whole = (ms: number): string => (ms < 10_000 ? formatMilliseconds(Math.round(ms / 1_000) * 1_000).replace('.00', '') : formatDuration(Math.round(ms / 1_000)));

/** What the note above says already is not said twice. */
const detailOf = (row: Row, usual: number | undefined, said: string | undefined): string | undefined => {
  if (row.text !== null && row.text === said) return undefined;
  const tells = row.state === 'running' && usual !== undefined && usual >= LONG ? t('Usually {whole} here.', { whole: whole(usual) }) : undefined;
  return [row.text, tells].filter(Boolean).join(' ') || undefined;
};

/** `now`: of the server's clock as well as known, ms. */
export const setUpSteps = ({ steps, problem }: Pick<SetUp, 'steps'> & Partial<Pick<SetUp, 'problem'>>, now: number, usual: ReadonlyMap<SetUpStep, number>): readonly Step[] => steps.map((row): Step => {
  const detail = detailOf(row, usual.get(row.name), problem?.message);
  const running = row.state === 'running' && row.started_at !== null ? Math.max(0, Math.floor((now - Date.parse(row.started_at)) / 1_000) * 1_000) : undefined;
  const ms = row.duration_ms ?? (running || undefined);
  return { key: row.name, label: `${SET_UP_WORDS[row.name]}${row.attempt > 1 ? t(' (try {attempt})', { attempt: row.attempt }) : ''}`, status: STATES[row.state], ...(detail ? { detail } : {}), ...(ms === undefined ? {} : { ms }) };
});

/** How long it runs, or ran, s. */
export const elapsed = ({ started_at, ended_at }: Pick<SetUp, 'started_at' | 'ended_at'>, now: number): number => Math.max(0, Math.round(((ended_at ? Date.parse(ended_at) : now) - Date.parse(started_at)) / 1_000));

const DOING: Readonly<Record<SetUp['kind'], string>> = { create: t('Making'), install: t('Setting up'), remove: t('Removing') };

/** One sentence on how it stands. */
export const headline = (setUp: Pick<SetUp, 'kind' | 'name' | 'state' | 'step' | 'started_at' | 'ended_at'>, now: number): { readonly text: string; readonly tone: Tone; readonly moving?: true } => {
  const { kind, name, state, step } = setUp;
  const at = step ? SET_UP_WORDS[step] : undefined;
  switch (state) {
    case 'running': return { text: `${DOING[kind]} ${name}${at ? `: ${at.charAt(0).toLowerCase()}${at.slice(1)}` : ''}`, tone: 'info', moving: true };
    case 'failed': { const took = elapsed(setUp, now); return { text: `${at ? t('Stopped at “{at}”', { at }) : t('Stopped')}${took > 0 ? t(' after {took}', { took: formatDuration(took) }) : ''}`, tone: 'bad' }; }
    case 'finished': return { text: t('Ready after {elapsed}', { elapsed: formatDuration(elapsed(setUp, now)) }), tone: 'ok' };
    case 'cancelling': return { text: t('Being cancelled: what was made is deleted'), tone: 'warn', moving: true };
    case 'cancelled': return { text: t('Cancelled; nothing of it is left'), tone: 'idle' };
    case 'removing': return { text: t('{name} is being deleted', { name }), tone: 'warn', moving: true };
    case 'removal-failed': return { text: t('{name} could not be deleted', { name }), tone: 'bad' };
  }
};

/** Steps from which it can be tried again: the failed one, and each before it; the failed one first. */
export const retrySteps = ({ steps }: Pick<SetUp, 'steps'>): readonly SetUpStep[] => {
  const failed = steps.findIndex(s => s.state === 'failed');
  return failed < 0 ? [] : steps.slice(0, failed + 1).map(s => s.name).reverse();
};

/** Seconds until the next try by itself; undefined: none is planned. */
export const nextTry = ({ retry_at }: Pick<SetUp, 'retry_at'>, now: number): number | undefined => (retry_at === null ? undefined : Math.max(0, Math.ceil((Date.parse(retry_at) - now) / 1_000)));

/** Nothing of this account helps, but another choice may. */
const ANOTHER: ReadonlySet<string> = new Set(['PROVIDER.SOLD_OUT', 'PROVIDER.UNKNOWN_TYPE', 'PROVIDER.UNKNOWN_LOCATION', 'PROVIDER.UNKNOWN_IMAGE', 'PROVIDER.QUOTA_REACHED', 'PROVIDER.NAME_TAKEN']);
const KEY: ReadonlySet<string> = new Set(['PROVIDER.KEY_REFUSED', 'PROVIDER.KEY_READ_ONLY', 'PROVIDER.REFUSED']);
export type Remedy = 'choose-again' | 'replace-key';
export const remedyFor = (code: string | undefined): Remedy | undefined => (code === undefined ? undefined : ANOTHER.has(code) ? 'choose-again' : KEY.has(code) ? 'replace-key' : undefined);
