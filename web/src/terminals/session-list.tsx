import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Circle, Film, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { TerminalSession } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Dot } from '../ui/status-pill.js';
import { useNameOf } from './hooks.js';
import { GROUP_LABELS, groupSessions, RECORDING_WORDS, stateOfSession, type Group } from './session-words.js';
import { Why } from '../why/why.js';

const ORDER: readonly Group[] = ['mine', 'shared', 'others', 'ended'];

/** Sessions by whose they are; a press shows one. */
export const SessionList = ({ sessions, shown, onShow }: { readonly sessions: Iterable<TerminalSession>; readonly shown: readonly string[]; readonly onShow: (session: TerminalSession) => void }): ReactNode => {
  const { user } = useClient();
  const groups = groupSessions(sessions, user.id);
  return (
    <div className="grid gap-5">
      {ORDER.filter(g => groups[g].length > 0).map(group => (
        <section key={group} aria-label={GROUP_LABELS[group]}>
          <h2 className="eyebrow mb-1.5 px-1">{GROUP_LABELS[group]}</h2>
          <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
            {groups[group].map(s => <Row key={s.id} session={s} shown={shown.includes(s.id)} onShow={() => onShow(s)} />)}
          </ul>
        </section>
      ))}
    </div>
  );
};

const Row = ({ session: s, shown, onShow }: { readonly session: TerminalSession; readonly shown: boolean; readonly onShow: () => void }): ReactNode => {
  const { user } = useClient();
  const nameOf = useNameOf();
  const { tone, moving, label, detail } = stateOfSession(s);
  const others = [...new Set(s.viewers.map(v => v.person))].filter(p => p !== user.id).map(nameOf);
  return (
    <li data-testid="session" data-session={s.id} data-state={s.state} className="group/fact flex items-center">
      <button type="button" onClick={onShow} disabled={s.state === 'ended'} className={clsx('flex min-h-12 min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-left disabled:cursor-default', s.state !== 'ended' && 'hover:bg-raised/60')}>
        <Dot tone={tone} moving={moving} />
        <span className="min-w-0 font-medium">{s.title}</span>
        {s.server_name !== s.title && <span className="text-ink-3">{s.server_name}</span>}
        <span className="text-[12px] text-ink-3">{label}{detail ? `: ${detail}` : ''}</span>
        <span className="ml-auto flex flex-wrap items-center gap-x-3 text-[12px] text-ink-3">
          {s.owner !== user.id && <span>{nameOf(s.owner)}</span>}
          {others.length > 0 && s.state !== 'ended' && <span>{others.join(', ')} {t('{others, plural, one {looks} other {look}}', { others: others.length })}</span>}
          {s.durable && <span className="flex items-center gap-1"><ShieldCheck aria-hidden className="size-3.5" />{t('durable')}</span>}
          {s.recording !== 'off' && s.state !== 'ended' && <span className="flex items-center gap-1" title={RECORDING_WORDS[s.recording]}><Circle aria-hidden className="size-2 fill-bad text-bad" />{t('recorded')}</span>}
          <Ago at={s.state === 'ended' ? s.ended_at ?? s.requested_at : s.requested_at} />
          {shown && <span className="rounded border border-line px-1">{t('shown')}</span>}
        </span>
      </button>
      <span className="pr-2"><Why service="terminals" view="sessions" id={s.id} path="" name={s.title} /></span>
      {s.state === 'ended' && s.recording !== 'off' && s.opened_at !== null && <Link to="/recordings/$id" params={{ id: s.id }} className="mr-3 flex items-center gap-1 text-[12px] text-accent-ink underline underline-offset-2"><Film aria-hidden className="size-3.5" />{t('Recording')}</Link>}
    </li>
  );
};
