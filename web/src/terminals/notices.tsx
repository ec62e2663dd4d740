import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useState, type ReactNode } from 'react';
import { useClient } from '../live/live-context.js';
import { rich, t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button, buttonClass } from '../ui/button.js';
import { toastProblem } from '../ui/toaster.js';
import { useValue } from './hooks.js';
import type { LiveTerminal } from './live-terminal.js';
import { megabytes, stateOfTerminal } from './session-words.js';
import { extendSession } from './terminals.data.js';

/** A connect or a replay takes less; longer ones are said, ms. */
const QUICK_MS = 900;

type Tone = 'info' | 'warn' | 'bad';
const TONES: Readonly<Record<Tone, string>> = { info: 'bg-info-wash', warn: 'bg-warn-wash', bad: 'bg-bad-wash' };

const Bar = ({ tone, children, actions, testid }: { readonly tone: Tone; readonly children: ReactNode; readonly actions?: ReactNode; readonly testid?: string }): ReactNode => (
  <div role="status" data-testid={testid} className={clsx('flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-3 py-1.5 text-[13px] text-ink', TONES[tone])}>
    <p className="min-w-0 flex-1 break-words">{children}</p>
    {actions && <span className="flex flex-wrap gap-1.5">{actions}</span>}
  </div>
);

const countdown = (left: number): string => (left < 60 ? `${left} s` : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} min`);

/** What the person has to know of this terminal now, below its screen. */
export const Notices = ({ terminal, onAnother, onClose }: { readonly terminal: LiveTerminal; readonly onAnother: () => void; readonly onClose: () => void }): ReactNode => {
  const notes = useValue(terminal.notes);
  const facts = useValue(terminal.link.facts);
  return (
    <>
      {notes.skipped > 0 && (
        <Bar tone="info" testid="skipped" actions={<Button size="sm" kind="quiet" onClick={() => terminal.note({ skipped: 0 })}>{t('Dismiss')}</Button>}>
          {t('··· skipped {megabytes} of output: it came faster than it could be shown.', { megabytes: megabytes(notes.skipped) })}{' '}{facts?.recording ? t('The recording has all of it.') : ''}
        </Bar>
      )}
      {notes.clipboard !== undefined && (
        <Bar tone="warn" testid="clipboard" actions={<><Button size="sm" kind="primary" onClick={() => terminal.answerClipboard(true)}>{t('Allow here')}</Button><Button size="sm" onClick={() => terminal.answerClipboard(false)}>{t('Never here')}</Button></>}>
          {rich('A program in this terminal wants to put text onto your clipboard: {code}', { code: <code className="break-all font-mono text-[12px]">{notes.clipboard.slice(0, 80)}{notes.clipboard.length > 80 ? '…' : ''}</code> })}
        </Bar>
      )}
      {notes.refused !== undefined && <Bar tone="warn" testid="refused" actions={<Button size="sm" kind="quiet" onClick={() => terminal.note({ refused: undefined })}>{t('Dismiss')}</Button>}>{notes.refused}</Bar>}
      {facts?.paused !== undefined && <Bar tone="warn" testid="paused">{facts.paused === 'no-moderator' ? t('Paused: nothing that is typed reaches the shell until a moderator watches.') : t('Paused: {paused}.', { paused: facts.paused })}</Bar>}
      {facts?.warning && <Warning terminal={terminal} reason={facts.warning.reason} ends={facts.warning.ends_at} />}
      <Connection terminal={terminal} onAnother={onAnother} onClose={onClose} />
    </>
  );
};

const Warning = ({ terminal, reason, ends }: { readonly terminal: LiveTerminal; readonly reason: string; readonly ends: string }): ReactNode => {
  const client = useClient();
  const now = useNow();
  const [stayed, setStayed] = useState<string>();
  const stay = useMutation({ mutationFn: () => extendSession(client, terminal.session, {}), onSuccess: () => setStayed(ends), onError: toastProblem });
  const left = Math.ceil((Date.parse(ends) - now) / 1_000);
  if (stayed === ends || !(left > 0)) return null;
  return (
    <Bar tone="warn" testid="warning" actions={<Button size="sm" kind="primary" busy={stay.isPending} onClick={() => stay.mutate()}>{t('Stay')}</Button>}>
      {rich('This session ends in {time}:', { time: <span className="figure">{countdown(left)}</span> })}{' '}{reason === 'idle' ? t('nobody has typed for a while.') : t('its time is over.')}
    </Bar>
  );
};

const Connection = ({ terminal, onAnother, onClose }: { readonly terminal: LiveTerminal; readonly onAnother: () => void; readonly onClose: () => void }): ReactNode => {
  const status = useValue(terminal.link.status);
  const now = useNow();
  const recorded = useValue(terminal.link.facts)?.recording === true;
  if (status.state === 'live' && !status.opening) return null;
  // What is over in a moment is no news.
  if ((status.state === 'connecting' || status.state === 'replaying' || status.opening) && status.retry_at === undefined && now - status.since < QUICK_MS) return null;
  const { label, detail } = stateOfTerminal(status, now);
  if (status.state === 'ended') {
    return (
      <Bar tone={status.exit && status.exit.reason === 'exit' ? 'info' : 'bad'} testid="ended"
        actions={<><Button size="sm" kind="primary" onClick={onAnother}>{t('Open another')}</Button>{recorded && <Link to="/recordings/$id" params={{ id: terminal.session }} className={buttonClass('secondary', 'sm')}>{t('Recording')}</Link>}<Button size="sm" onClick={onClose}>{t('Close')}</Button></>}>
        <strong className="font-medium">{t('Ended')}</strong>{detail ? `: ${detail}` : '.'} <span className="text-ink-2">{t('Press Enter for another.')}</span>
      </Bar>
    );
  }
  return (
    <Bar tone={status.state === 'reconnecting' || status.state === 'interrupted' ? 'warn' : 'info'} testid="reconnecting"
      actions={status.state === 'reconnecting' && <Button size="sm" onClick={() => { terminal.link.reconnectNow(); terminal.focus(); }}>{t('Reconnect now (R)')}</Button>}>
      <strong className="font-medium">{label}</strong>{detail ? `: ${detail}` : '…'}
    </Bar>
  );
};
