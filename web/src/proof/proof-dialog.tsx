import { useMutation } from '@tanstack/react-query';
import { INSTALLATION, type InputOf } from '@xanthus/proto';
import { useState, useSyncExternalStore, type FormEvent, type ReactNode } from 'react';
import type { proveSession as contract } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useLive } from '../live/live-context.js';
import { CodeForm } from '../session/code-form.js';
import { useSessionState } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import type { ProofMethod } from './proof-desk.js';
import { proveSession } from './proof.data.js';

/** "Confirm it's you", for whichever command asked. */
export const ProofDialog = (): ReactNode => {
  const { proof } = useLive();
  const question = useSyncExternalStore(proof.subscribe, proof.get);
  return (
    <Dialog open={question !== undefined} onOpenChange={open => { if (!open) proof.answer(false); }} title={t('Confirm it’s you')} description={t('What you are about to do is far-reaching. Once confirmed, you aren’t asked again for ten minutes.')}>
      {question && <Prove methods={question.methods} />}
    </Dialog>
  );
};

const Prove = ({ methods }: { readonly methods: readonly ProofMethod[] }): ReactNode => {
  const { proof, client } = useLive();
  const state = useSessionState();
  const session = state.status === 'signed_in' ? state.identity.session : undefined;
  const withCode = methods.includes('totp') || methods.includes('recovery');
  const [byPassword, setByPassword] = useState(!withCode);
  const prove = useMutation({
    mutationFn: (input: InputOf<typeof contract>) => proveSession(client, session ?? '', input, { tenant: INSTALLATION }),
    onSuccess: () => proof.answer(true),
  });
  const problem = prove.error ? toProblem(prove.error) : undefined;
  const submit = (event: FormEvent<HTMLFormElement>): void => { event.preventDefault(); prove.mutate({ method: 'password', password: String(new FormData(event.currentTarget).get('password')) }); };
  const cancel = (): void => proof.answer(false);
  return (
    <>
      {problem && <ProblemNote className="mb-3" problem={problem} />}
      {byPassword ? (
        <form onSubmit={submit}>
          <Field label={t('Password')} name="password" type="password" autoComplete="current-password" required />
          <DialogActions><Button onClick={cancel}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={prove.isPending}>{t('Confirm')}</Button></DialogActions>
        </form>
      ) : <CodeForm busy={prove.isPending} action={t('Confirm')} back={t('Cancel')} onBack={cancel} onCode={code => prove.mutate({ method: 'code', code })} />}
      {withCode && methods.includes('password') && <button type="button" className="mt-3 text-[13px] text-ink-2 underline underline-offset-2" onClick={() => { prove.reset(); setByPassword(!byPassword); }}>{byPassword ? t('Use a code instead') : t('Use the password instead')}</button>}
    </>
  );
};
