import { useState, type ReactNode } from 'react';
import type { TerminalSession } from '../contracts.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import type { Desk } from './desk.js';
import { Check } from './open-dialog.js';

interface Props { readonly desk: Desk; readonly shown: readonly string[]; readonly sessions: ReadonlyMap<string, TerminalSession>; readonly focus: string | undefined; readonly onClose: () => void }

/** Chooses the sessions that get every key; only those that one may type into. */
export const BroadcastDialog = ({ open, ...rest }: Props & { readonly open: boolean }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) rest.onClose(); }} title={t('Type into several sessions')} description={t('Every key and paste goes to all of them, until you stop it. They are framed meanwhile.')}><Chooser {...rest} /></Dialog>
);

const Chooser = ({ desk, shown, sessions, focus, onClose }: Props): ReactNode => {
  const able = shown.filter(id => desk.peek(id)?.link.facts.get()?.types === true && desk.peek(id)?.link.status.get().state !== 'ended');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(desk.broadcast.get() ?? new Set(able));
  const wanted = able.filter(id => chosen.has(id));
  const begin = (): void => {
    desk.broadcast.set(new Set(wanted));
    onClose();
    desk.peek(focus !== undefined && chosen.has(focus) ? focus : wanted[0] ?? '')?.focus();
  };
  return (
    <div className="grid gap-3">
      {able.map(id => <Check key={id} checked={chosen.has(id)} label={sessions.get(id)?.title ?? id} onChange={on => setChosen(new Set(on ? [...chosen, id] : [...chosen].filter(x => x !== id)))}>{sessions.get(id)?.server_name}</Check>)}
      {able.length < 2 && <p className="text-ink-3">{t('Open at least two sessions on this page that you may type into.')}</p>}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button kind="primary" onClick={begin} blocked={wanted.length < 2 ? t('Choose at least two.') : undefined}>{t('Type into {wanted}', { wanted: wanted.length })}</Button>
      </DialogActions>
    </div>
  );
};
