import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { toProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button } from './button.js';
import { Dialog, DialogActions } from './dialog.js';
import { Field } from './field.js';
import { ProblemNote } from './problem-note.js';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** The real effect, in words: what ends, what is kept, whether it can be undone. */
  readonly effect: ReactNode;
  readonly action: string;
  /** What the button says that does nothing; "Cancel" unless that is what is asked about. */
  readonly keep?: string;
  /** What has to be typed first, for what can't be undone. */
  readonly typed?: string;
  readonly run: () => Promise<unknown>;
  readonly onDone?: () => void;
}

/** Asks before something that hurts. */
export const ConfirmDialog = ({ open, onClose, title, effect, ...rest }: Props): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={title} description={effect}>
    <Confirm onClose={onClose} {...rest} />
  </Dialog>
);

const Confirm = ({ onClose, action, keep = t('Cancel'), typed, run, onDone }: Omit<Props, 'open' | 'title' | 'effect'>): ReactNode => {
  const [text, setText] = useState('');
  const act = useMutation({ mutationFn: run, onSuccess: () => { onClose(); onDone?.(); } });
  const ready = typed === undefined || text === typed;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (ready && !act.isPending) act.mutate(); };
  return (
    <form onSubmit={submit}>
      {act.error && <ProblemNote className="mb-3" problem={toProblem(act.error)} />}
      {typed !== undefined && <Field label={t('Type {typed} to confirm', { typed })} autoComplete="off" mono value={text} onChange={e => setText(e.target.value)} />}
      <DialogActions><Button onClick={onClose}>{keep}</Button><Button kind="danger" type="submit" busy={act.isPending} blocked={ready ? undefined : t('Type {typed} first.', { typed })}>{action}</Button></DialogActions>
    </form>
  );
};
