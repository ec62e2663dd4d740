/** The configuration of a domain in words: its steps, and what taking it back restores. Pure. */
import type { StreamItem } from '@xanthus/client';
import type { EventEnvelope } from '@xanthus/proto';
import type { Domain, DomainStep } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Step } from '../ui/step-list.js';
import type { Tone } from '../ui/status-pill.js';

export const STEP_WORDS: Readonly<Record<DomainStep['name'], readonly [make: string, back: string]>> = {
  ssl_mode: [t('SSL strict'), t('SSL as it was before')], certificate: [t('Origin certificate'), t('Revoke the certificate')],
  always_https: [t('Always HTTPS'), t('Always HTTPS as it was before')], redirect: [t('www leads to the domain itself'), t('Remove the redirect')],
};
export const DOMAIN_STATES: Readonly<Record<Domain['state'], { readonly label: string; readonly tone: Tone; readonly moving?: true }>> = {
  configuring: { label: t('Configuring'), tone: 'info', moving: true }, configured: { label: t('Configured'), tone: 'ok' }, undoing: { label: t('Taking it back'), tone: 'warn', moving: true },
  failed: { label: t('Failed'), tone: 'bad' }, undone: { label: t('Not configured'), tone: 'idle' },
};

const STATUS: Readonly<Record<DomainStep['state'], Step['status']>> = { pending: 'waiting', running: 'running', waiting: 'warning', done: 'passed', failed: 'failed', undone: 'passed' };
/** Back: what is still done waits to be taken back. */
const statusOf = ({ state }: DomainStep, back: boolean): Step['status'] => (back && (state === 'done' || state === 'pending') ? 'waiting' : STATUS[state]);

export const domainSteps = ({ steps, back }: Pick<Domain, 'steps' | 'back'>): readonly Step[] => {
  const rows = steps.map((step): Step => {
    const status = statusOf(step, back);
    return { key: step.name, label: STEP_WORDS[step.name][back ? 1 : 0], status, ...(step.text && status !== 'waiting' ? { detail: step.text } : {}), ...(step.duration_ms !== null && status === 'passed' ? { ms: step.duration_ms } : {}) };
  });
  return back ? rows.reverse() : rows;
};

type Values = Readonly<Record<string, string | null>>;
/** What was there before each step, from the events that say so: of the newest configuration. */
export const beforeOf = (items: readonly StreamItem[]): ReadonlyMap<DomainStep['name'], Values> => {
  const found = new Map<DomainStep['name'], Values>();
  for (const item of items) {
    const event = item.payload as Partial<EventEnvelope> | null;
    if (event?.type === 'DomainConfigureStarted') found.clear();
    if (event?.type !== 'DomainStepObserved') continue;
    const { step, before } = event.data as { readonly step: DomainStep['name']; readonly before: Values };
    if (!found.has(step)) found.set(step, before);
  }
  return found;
};

/** What taking a step back leaves, in one sentence. */
export const restores = (name: DomainStep['name'], before: Values | undefined): string => {
  if (!before) return `${STEP_WORDS[name][1]}.`;
  switch (name) {
    case 'ssl_mode': return before['ssl'] === 'strict' ? t('SSL was strict before, and stays so.') : t('SSL becomes {before} again.', { before: before['ssl'] ?? t('what it was') });
    case 'always_https': return before['always_use_https'] === 'on' ? t('Always HTTPS was on before, and stays so.') : t('Always HTTPS is switched off again.');
    case 'certificate': return before['certificate'] ? t('The certificate was there before, and stays.') : t('The origin certificate is revoked, if it is still there; nothing is asked of one that was revoked by hand.');
    case 'redirect': return before['redirect'] ? t('The redirect from www was there before, and stays.') : t('The redirect from www is removed.');
  }
};
