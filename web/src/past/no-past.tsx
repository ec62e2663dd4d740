/** Pages and tabs that can't show the past, and what they say instead: one table. */
import { useLocation } from '@tanstack/react-router';
import { History } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLooking } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { EmptyState } from '../ui/panel.js';
import { useTravel } from './use-travel.js';

const NOTHING_MADE = t('Nothing can be made in the past. Go back to now first.');
const TERMINALS = t('A terminal is open now or not at all. What was on its screen is under Recordings, if it was recorded.');

const UNSHOWN: readonly (readonly [path: RegExp, tab: string | undefined, why: string])[] = [
  [/^\/(?:servers\/(?:new|adopt)|applications\/new|roles\/new)$/, undefined, NOTHING_MADE],
  [/^\/terminals/, undefined, TERMINALS],
  [/^\/servers\/[^/]+$/, 'terminal', TERMINALS],
  [/^\/servers\/[^/]+$/, 'files', t('Files are read from the server as it is now. Who changed which file is in its history.')],
  [/^\/servers\/[^/]+$/, 'logs', t('The log is read from the server as it is now, and is not kept here.')],
  [/^\/servers\/[^/]+$/, 'metrics', t('Figures are measured, not remembered: the charts show what is kept of them up to now.')],
  [/^\/applications\/[^/]+$/, 'logs', t('Logs are read from the running pods, and are not kept here.')],
  [/^\/applications\/[^/]+$/, 'access', t('Passwords are read from the server as it is now.')],
  [/^\/applications\/[^/]+$/, 'values', t('Values are read from the newest release. Which release was in use is in the history.')],
  [/^\/(?:status|about|notifications)/, undefined, t('This page is about now.')],
];

/** Why a page can't show the past; undefined where it can. Pure. */
export const whyUnshown = (path: string, tab: unknown): string | undefined => UNSHOWN.find(([at, of]) => at.test(path) && (of === undefined || of === tab))?.[2];

/** The body of a page: itself, or in the past a sentence where it has none. */
export const PastBody = ({ children }: { readonly children: ReactNode }): ReactNode => {
  const looking = useLooking();
  const { toNow } = useTravel();
  const why = useLocation({ select: ({ pathname, search }) => whyUnshown(pathname, (search as Record<string, unknown>)['tab']) });
  if (!looking || why === undefined) return children;
  return <EmptyState icon={<History />} title={t('There is no past of this')} action={<Button kind="primary" onClick={toNow}>{t('Back to now')}</Button>}>{why}</EmptyState>;
};
