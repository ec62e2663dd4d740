import { useState, type FormEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { tidyCode } from './code.js';

interface Props { readonly busy: boolean; readonly action: string; readonly problem?: string | undefined; readonly onCode: (code: string) => void; readonly onBack: () => void; readonly back?: string }

/** The second factor: six digits of the app, or one of the recovery codes. */
export const CodeForm = ({ busy, action, problem, onCode, onBack, back = t('Back') }: Props): ReactNode => {
  const [recovery, setRecovery] = useState(false);
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!busy) onCode(tidyCode(text, recovery)); };
  return (
    <form onSubmit={submit} className="grid gap-4" aria-busy={busy}>
      {recovery
        ? <Field key="recovery" label={t('Recovery code')} mono autoFocus required autoComplete="off" value={text} onChange={e => setText(e.target.value)} hint={t('One of the codes that you stored when you set up the second factor. Each works once.')} problem={problem} />
        : <Field key="code" label={t('Code')} mono autoFocus required inputMode="numeric" autoComplete="one-time-code" pattern="[0-9 ]{6,7}" title={t('Six digits')} placeholder="123 456" value={text} onChange={e => setText(e.target.value)} hint={t('Six digits, from the authenticator app on your phone.')} problem={problem} />}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <button type="button" onClick={() => { setRecovery(!recovery); setText(''); }} className="text-[13px] text-ink-2 underline underline-offset-2 hover:text-ink">{recovery ? t('Use the app instead') : t('Use a recovery code')}</button>
        <div className="ml-auto flex gap-2"><Button onClick={onBack}>{back}</Button><Button type="submit" kind="primary" busy={busy}>{action}</Button></div>
      </div>
    </form>
  );
};
