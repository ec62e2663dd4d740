import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { toProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';

interface Props { readonly label: string; readonly most: number; readonly initial: string; readonly action: string; readonly danger?: boolean; readonly run: (text: string) => Promise<unknown>; readonly onClose: () => void }

/** Asks for one line and does something with it. */
export const AskLine = ({ open, title, description, ...rest }: Props & { readonly open: boolean; readonly title: string; readonly description?: string }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) rest.onClose(); }} title={title} description={description}><Ask {...rest} /></Dialog>
);

const Ask = ({ label, most, initial, action, danger, run, onClose }: Props): ReactNode => {
  const [text, setText] = useState(initial);
  const act = useMutation({ mutationFn: () => run(text.trim()), onSuccess: onClose });
  const ready = text.trim() !== '';
  const submit = (event: FormEvent): void => { event.preventDefault(); if (ready && !act.isPending) act.mutate(); };
  return (
    <form onSubmit={submit}>
      {act.error && <ProblemNote className="mb-3" problem={toProblem(act.error)} />}
      <Field label={label} maxLength={most} value={text} onChange={e => setText(e.target.value)} />
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind={danger ? 'danger' : 'primary'} type="submit" busy={act.isPending} blocked={ready ? undefined : t('{label} is missing.', { label })}>{action}</Button></DialogActions>
    </form>
  );
};
