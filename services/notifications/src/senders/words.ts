/** A letter in plain words. Texts of events are text: each place that takes them escapes what it must. Pure. */
import type { QueuedNotice } from '@xanthus/proto/notifications';
import type { Letter } from './sender.js';

const RANK = { error: 2, warning: 1, info: 0 } as const;
const LABEL = { error: 'Error', warning: 'Warning', info: 'Info' } as const;
/** In one message; the rest is counted. */
export const SHOWN = 30;

export const labelOf = ({ what, severity }: QueuedNotice): string => (what === 'resolved' ? 'Over' : LABEL[severity]);
export const linkOf = (url: string | null, { notice }: QueuedNotice): string | null => (url === null ? null : `${url.replace(/\/$/, '')}/notifications?notice=${notice}`);

const nameOf = ({ thing }: QueuedNotice): string => thing?.name ?? '';
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
/** What it says; with the name of the thing first where it does not say it. */
export const sentenceOf = (n: QueuedNotice): string => {
  const text = oneLine(n.text);
  return nameOf(n) === '' || text.includes(nameOf(n)) ? text : `${oneLine(nameOf(n))}: ${text}`;
};

export const countOf = ({ notices, more }: Pick<Letter, 'notices' | 'more'>): number => notices.length + more;
export const shownOf = ({ notices }: Pick<Letter, 'notices'>): readonly QueuedNotice[] => notices.slice(0, SHOWN);
export const unshownOf = (letter: Pick<Letter, 'notices' | 'more'>): number => countOf(letter) - shownOf(letter).length;

/** One line. */
export const titleOf = (letter: Letter): string => {
  if (letter.trial) return `[Xanthus ${letter.tenant}] Trial: this channel works`;
  const [first] = letter.notices;
  if (first !== undefined && countOf(letter) === 1) return `[Xanthus ${letter.tenant}] ${labelOf(first)}: ${sentenceOf(first)}`.slice(0, 200);
  const worst = letter.notices.filter(n => n.what === 'raised').toSorted((a, b) => RANK[b.severity] - RANK[a.severity])[0];
  const errors = letter.notices.filter(n => n.what === 'raised' && n.severity === 'error').length;
  return `[Xanthus ${letter.tenant}] ${countOf(letter)} notices${errors > 0 ? `, ${errors} of them errors` : ''}${worst === undefined ? '' : `: ${sentenceOf(worst)}`}`.slice(0, 200);
};

export const textOf = (letter: Letter): string => {
  const lines = shownOf(letter).flatMap((n) => {
    const link = linkOf(letter.url, n);
    return [`${labelOf(n)}: ${sentenceOf(n)}`, `  ${n.at}${link === null ? '' : `  ${link}`}`, ''];
  });
  const rest = unshownOf(letter);
  return [...(letter.trial ? ['This is a trial: notices come like this.', ''] : []), ...lines, ...(rest > 0 ? [`… and ${rest} more.`, ''] : []), ...(letter.url === null ? [] : [`All notices: ${letter.url.replace(/\/$/, '')}/notifications`])].join('\n');
};
