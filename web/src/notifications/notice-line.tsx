import { clsx } from 'clsx';
import { Circle, CircleDot } from 'lucide-react';
import type { ReactNode } from 'react';
import { thingLink, thingWord, type ThingAddress } from '../lib/thing-link.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { IconButton } from '../ui/button.js';
import { StatusPill } from '../ui/status-pill.js';
import { ThingLink } from '../ui/thing-link.js';
import type { Notice, Notices } from './notifications.data.js';
import { stateOf, titleOf } from './words.js';
import { Why } from '../why/why.js';

interface Props { readonly notice: Notice; readonly notices: Pick<Notices, 'isUnread' | 'read' | 'unreadAgain'>; /** In the panel. */ readonly dense?: boolean; /** Linked to from outside. */ readonly found?: boolean; readonly name?: string | undefined; readonly within?: string | undefined; readonly by?: string | undefined; readonly onGo?: () => void }

/** What is one's own is seen to there. */
const placeOf = (kind: string): { readonly to: ThingAddress; readonly text: string } => (kind === 'new-device' || kind === 'session-stolen' ? { to: { to: '/sessions' }, text: t('Your sessions') } : { to: { to: '/profile' }, text: t('Your profile') });

/** One notice: what happened, to what, when, and whether one has read it. Whoever goes to the thing has. */
export const NoticeLine = ({ notice: n, notices, dense = false, found = false, name, within, by, onGo }: Props): ReactNode => {
  const unread = notices.isUnread(n);
  const state = stateOf(n);
  const title = titleOf(n);
  const called = name ?? n.thing?.name;
  const own = n.own ? placeOf(n.kind) : undefined;
  const go = (): void => {
    if (unread) notices.read(n);
    onGo?.();
  };
  return (
    <li id={`notice-${n.id}`} aria-current={found ? 'true' : undefined} data-unread={unread} className={clsx('group/fact flex gap-2 px-3 py-2.5', !dense && 'sm:px-4', unread && 'bg-accent-wash/50', found && 'outline-2 -outline-offset-2 outline-accent')}>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px]">
          <StatusPill tone={state.tone}>{state.text}</StatusPill>
          <span className={clsx('min-w-0 break-words', unread && 'font-semibold')}>{title ?? n.text}</span>
          {n.times > 1 && <span className="figure text-[12px] text-ink-3">{t('{times} times', { times: n.times })}</span>}
        </p>
        {title !== undefined && <p className={clsx('mt-0.5 break-words text-[12px] text-ink-2', dense && 'line-clamp-2')}>{n.text}</p>}
        <p className="mt-0.5 flex flex-wrap gap-x-2 text-[12px] text-ink-3">
          {n.thing && <span onClickCapture={go}><ThingLink to={own?.to ?? thingLink(n.thing, within)} className="underline underline-offset-2 hover:text-ink">{own?.text ?? called ?? thingWord(n.thing)}</ThingLink></span>}
          {n.own && <span>{t('Only you see this')}</span>}
          {by !== undefined && <span>{t('by {by}', { by })}</span>}
          <Ago at={n.last_at} />
          {!dense && !n.own && <Why service="notifications" view="notices" id={n.id} path="" name={title ?? n.text} />}
          {!dense && n.lasting && n.resolved_at !== null && <span>{rich('over {when}', { when: <Ago at={n.resolved_at} /> })}</span>}
        </p>
      </div>
      <IconButton label={unread ? t('Mark as read') : t('Mark as unread')} onClick={() => (unread ? notices.read(n) : notices.unreadAgain(n))}>{unread ? <CircleDot aria-hidden className="size-3.5 text-accent" /> : <Circle aria-hidden className="size-3.5" />}</IconButton>
    </li>
  );
};
