import type { ReactNode } from 'react';
import { historyLink, type Thing } from '../lib/thing-link.js';
import { t } from '../texts/text.js';
import { ThingLink } from '../ui/thing-link.js';

/** To everything that happened to a thing. */
export const HistoryLink = (thing: Thing): ReactNode => <ThingLink to={historyLink(thing)} className="text-[12px] text-accent-ink underline-offset-2 hover:underline">{t('All that happened to it')}</ThingLink>;
