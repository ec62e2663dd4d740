import { useMutation } from '@tanstack/react-query';
import { UserMinus, UserRoundCheck } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { TerminalSession } from '../contracts.js';
import { formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { usePersons } from '../members/use-names.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Dialog } from '../ui/dialog.js';
import { SelectField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { useNameOf } from './hooks.js';
import { ROLE_WORDS } from './session-words.js';
import { handOverSession, shareSession, unshareSession } from './terminals.data.js';

const MINUTES = [[15, t('15 minutes')], [60, t('an hour')], [480, t('8 hours')], [0, t('as long as the session')]] as const;
type Invited = 'peer' | 'observer' | 'moderator';
const ROLES: readonly (readonly [Invited, string])[] = [['observer', t('Watch')], ['peer', t('Type too')], ['moderator', t('Moderate: watch, and end it')]];

/** Who is invited, as what and until when; invites more; hands the session over. */
export const ShareDialog = ({ session, open, onClose }: { readonly session: TerminalSession; readonly open: boolean; readonly onClose: () => void }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('Share “{title}”', { title: session.title })} description={t('With members of this organisation. Everybody in it sees who looks.')}>
    <Share session={session} />
  </Dialog>
);

const Share = ({ session }: { readonly session: TerminalSession }): ReactNode => {
  const client = useClient();
  const persons = usePersons();
  const nameOf = useNameOf();
  const [person, setPerson] = useState('');
  const [role, setRole] = useState<Invited>('observer');
  const [minutes, setMinutes] = useState(60);
  const share = useMutation({ mutationFn: () => shareSession(client, session.id, { person, role, ...(minutes > 0 ? { minutes } : {}) }), onSuccess: () => setPerson('') });
  const remove = useMutation({ mutationFn: (who: string) => unshareSession(client, session.id, { person: who }) });
  const handOver = useMutation({ mutationFn: (who: string) => handOverSession(client, session.id, { person: who }) });
  const problem = share.error ?? remove.error ?? handOver.error;
  const mine = session.owner === client.user.id;
  const others = [...persons].filter(([id]) => id !== session.owner && id !== client.user.id).toSorted(([, a], [, b]) => a.name.localeCompare(b.name));
  const submit = (event: FormEvent): void => { event.preventDefault(); if (person && !share.isPending) share.mutate(); };
  return (
    <div className="grid gap-4">
      {problem && <ProblemNote problem={toProblem(problem)} />}
      <ul aria-label={t('In this session')} className="divide-y divide-line rounded-lg border border-line">
        {session.participants.map(p => (
          <li key={p.person} data-testid="participant" data-role={p.role} className="flex min-h-10 items-center gap-2 px-3 text-[13px]">
            <span className="min-w-0 flex-1 py-1.5">
              <span className="block truncate">{nameOf(p.person)}{session.viewers.some(v => v.person === p.person) && <span className="text-ink-3">{' '}{t('· looks now')}</span>}</span>
              <span className="block text-[12px] text-ink-3">{ROLE_WORDS[p.role] ?? p.role}{p.until ? t(', until {time}', { time: formatMoment(Date.parse(p.until)) }) : ''}</span>
            </span>
            {mine && p.role !== 'owner' && (
              <>
                <IconButton label={t('Hand over to {nameOf}', { nameOf: nameOf(p.person) })} className="size-7" onClick={() => handOver.mutate(p.person)}><UserRoundCheck aria-hidden className="size-4" /></IconButton>
                <IconButton label={t('Take {nameOf} out', { nameOf: nameOf(p.person) })} className="size-7" onClick={() => remove.mutate(p.person)}><UserMinus aria-hidden className="size-4" /></IconButton>
              </>
            )}
          </li>
        ))}
      </ul>
      {mine && (
        <form onSubmit={submit} className="grid gap-3">
          <SelectField label={t('Member')} value={person} onChange={e => setPerson(e.target.value)}>
            <option value="" disabled>{others.length === 0 ? t('Nobody else is a member') : t('Choose somebody')}</option>
            {others.map(([id, p]) => <option key={id} value={id}>{p.name} ({p.email})</option>)}
          </SelectField>
          <div className="grid gap-3 sm:grid-cols-2">
            <SelectField label={t('May')} value={role} onChange={e => setRole(e.target.value as Invited)}>{ROLES.map(([key, text]) => <option key={key} value={key}>{text}</option>)}</SelectField>
            <SelectField label={t('For')} value={minutes} onChange={e => setMinutes(Number(e.target.value))}>{MINUTES.map(([n, text]) => <option key={n} value={n}>{text}</option>)}</SelectField>
          </div>
          <div className="flex justify-end"><Button kind="primary" type="submit" busy={share.isPending} blocked={person ? undefined : t('Choose somebody first.')}>{t('Invite')}</Button></div>
        </form>
      )}
      <div><p className="mb-1.5 text-[13px] text-ink-3">{t('The link works for those who are in it, and for nobody else:')}</p><Code block text={`${location.origin}/terminals/${session.id}`} label={t('Copy the link')} /></div>
    </div>
  );
};
