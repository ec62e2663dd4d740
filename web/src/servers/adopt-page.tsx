import { useNavigate } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { Plug } from 'lucide-react';
import { useEffect, useReducer, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { formatMilliseconds } from '../lib/format.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { compareCommand } from '../server/host-key-changed.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Field } from '../ui/field.js';
import { Forbidden } from '../ui/forbidden.js';
import { PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { EMPTY, missing, notYet, readAddress, reduce, stoppedAtHostKey, suggestName, toTarget, typedAddress, type AdoptForm, type AdoptState } from './adopt-form.js';
import { AuthFields } from './auth-fields.js';
import { runTest } from './run-test.js';
import { SandboxCard } from './sandbox-card.js';
import { adoptServer } from './servers.data.js';
import { StageList } from './stage-list.js';

export const AdoptPage = (): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, adoptServer));
  return (
    <Page title={t('Adopt a server')} crumbs={[{ label: t('Servers'), to: '/servers' }]}>
      <PageBody>{may ? <Wizard /> : <Forbidden right="vps.server.adopt" title={t('You may not adopt servers')} />}</PageBody>
    </Page>
  );
};

const Wizard = (): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const [state, dispatch] = useReducer(reduce, EMPTY);
  const { form, test } = state;
  const [nameTouched, setNameTouched] = useState(false);
  const edit = (change: Partial<AdoptForm>): void => dispatch({ type: 'edited', change });

  const startTest = (confirmed = state.confirmed, form = state.form): void => {
    const run = state.run + 1;
    dispatch({ type: 'test_started', at: Date.now() });
    runTest(client, form, confirmed, stage => dispatch({ type: 'stage_told', run, stage }))
      .then(result => dispatch({ type: 'test_done', run, result }))
      .catch((error: unknown) => dispatch({ type: 'test_failed', run, problem: toProblem(error) }));
  };
  /** `user@host:port` that was typed, and not pasted, is taken apart when it is complete. */
  const settle = (): AdoptForm => {
    const address = readAddress(form.host);
    if (address.host !== form.host) edit(address);
    return { ...form, ...address };
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const whole = settle();
    if (!missing(whole)) startTest(undefined, whole);
  };
  const confirmHostKey = (yes: boolean): void => {
    dispatch({ type: 'host_key_confirmed', yes });
    if (yes && test.status === 'done' && stoppedAtHostKey(test.result)) startTest(state.shown?.fingerprint);
  };
  const results = useRef<HTMLDivElement>(null);
  const running = test.status === 'running';
  // Below the form on a small screen: what the button started comes into sight.
  useEffect(() => { if (running) results.current?.scrollIntoView({ block: 'nearest' }); }, [running]);
  const adopt = useMutation({
    mutationFn: () => adoptServer(client, toTarget(form, state.confirmed)),
    onSuccess: ({ id }) => { toast(t('Adopted'), t('Its facts arrive in a moment.')); return navigate({ to: '/servers/$id', params: { id } }); },
  });
  const problem = adopt.error ? toProblem(adopt.error) : test.status === 'failed' ? test.problem : undefined;
  const fields = fieldProblems(problem);
  const name = nameTouched ? form.name : form.name || suggestName(form.host);
  const blocked = notYet({ ...state, form: { ...form, name } });

  return (
    <div className="grid gap-4">
      <SandboxCard />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,25rem)]">
        <Panel title={t('Your machine')}>
          <form className="grid gap-5" onSubmit={submit}>
            <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_6rem]">
              <Field label={t('Address')} mono autoFocus placeholder="web-1.example.com" value={form.host} onChange={e => edit(typedAddress(form.host, e.target.value))} onBlur={settle} hint={t('A host name or an IP address; user@host:port is taken apart.')} problem={fields['host']} />
              <Field label={t('Port')} mono inputMode="numeric" value={form.port} onChange={e => edit({ port: e.target.value.replaceAll(/\D/g, '') })} problem={fields['port']} />
            </div>
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label={t('User')} mono value={form.user} onChange={e => edit({ user: e.target.value })} hint={t('Root, or a user who may sudo.')} problem={fields['user']} />
              <Field label={t('Name in Xanthus')} value={name} onChange={e => { setNameTouched(true); edit({ name: e.target.value }); }} hint={t('3–63 letters, digits and hyphens.')} problem={fields['name']} />
            </div>
            <AuthFields form={form} edit={edit} problem={fields['auth']} />
            <div className="flex flex-wrap items-center justify-end gap-3 border-t border-line pt-4">
              {test.status !== 'running' && missing(form) && <p id="test-blocked" className="text-[13px] text-ink-3">{missing(form)}</p>}
              <Button type="submit" aria-describedby="test-blocked" kind={test.status === 'done' ? 'secondary' : 'primary'} icon={<Plug aria-hidden className="size-4" />} busy={test.status === 'running'} blocked={test.status === 'running' ? undefined : missing(form)}>{test.status === 'done' ? t('Test again') : t('Test connection')}</Button>
            </div>
          </form>
        </Panel>
        <div ref={results} className="grid scroll-my-20 gap-4 lg:sticky lg:top-20">
          <Panel title={t('Connection test')} flush aside={<TestNote state={state} />}>
            {test.status === 'failed' ? <ProblemNote className="m-4" problem={test.problem} onRetry={() => startTest()} /> : <StageList stages={test.status === 'done' ? test.result.stages : test.status === 'running' ? test.stages : []} running={test.status === 'running'} confirmed={state.confirmed !== undefined} />}
          </Panel>
          {state.shown && (
            <Panel title={t('Host key')}>
              <p className="text-[13px] text-ink-2">{t('This is how the machine identifies itself. Compare it once, on the machine:')}</p>
              <div className="mt-2.5 grid gap-2">
                <Code block text={state.shown.fingerprint} label={t('Copy fingerprint')} />
                <Code block text={compareCommand(state.shown.type)} label={t('Copy command')} />
              </div>
              <label className="mt-3 flex items-center gap-2 text-[13px]">
                <input type="checkbox" className="size-4 accent-(--accent)" checked={state.confirmed !== undefined} onChange={e => confirmHostKey(e.target.checked)} />
                {t('This is the key of my machine')}
              </label>
            </Panel>
          )}
          {adopt.error && problem && <ProblemNote problem={problem} />}
          <Button kind="primary" className="h-9 w-full" aria-describedby="adopt-blocked" busy={adopt.isPending} blocked={adopt.isPending ? undefined : blocked} onClick={() => { edit({ name }); adopt.mutate(); }}>{t('Adopt server')}</Button>
          {blocked && !missing(form) && !running && <p id="adopt-blocked" className="text-center text-[13px] text-ink-3">{blocked}</p>}
        </div>
      </div>
    </div>
  );
};

const TestNote = ({ state: { test } }: { readonly state: AdoptState }): ReactNode => {
  const now = useNow();
  const text = test.status === 'running' ? t('Testing… {max}', { max: formatMilliseconds(Math.max(1_000, now - test.since)) })
    : test.status !== 'done' ? t('Changes nothing on the machine')
      : test.result.stages.some(s => s.status === 'failed') ? t('Found a problem')
        : stoppedAtHostKey(test.result) ? t('Waits for the host key')
        : t('Passed in {reduce}', { reduce: formatMilliseconds(test.result.stages.reduce((sum, s) => sum + s.ms, 0)) });
  return <span role="status" className="figure text-[12px] text-ink-3">{text}</span>;
};
