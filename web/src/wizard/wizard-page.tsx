import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { createServer, type ProviderAccount, type ProviderKind } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { suggestAccountName } from '../providers/accounts.js';
import { ProviderProblem } from '../providers/provider-problem.js';
import { connectProvider, useAccounts, useKinds } from '../providers/providers.data.js';
import { useServers } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { Forbidden } from '../ui/forbidden.js';
import { PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { AccountStep } from './account-step.js';
import { furthest, stepAt, stepsFor, type Draft, type Step } from './draft.js';
import { LocationStep } from './location-step.js';
import { suggestServerName } from './names.js';
import { ProviderStep } from './provider-step.js';
import { ReviewStep } from './review-step.js';
import { StepTrail, stepSearch } from './step-trail.js';
import { Summary } from './summary.js';
import { TypeStep } from './type-step.js';
import { useChanges } from './use-catalogue.js';
import { useDraft } from './use-draft.js';
import { useOrder } from './use-order.js';
import { placeOf } from './wizard-problem.js';

export interface StepProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  /** Those that make machines. */
  readonly kinds: readonly ProviderKind[];
  readonly kind: ProviderKind | undefined;
  readonly accounts: readonly ProviderAccount[];
  readonly next: () => void;
}

export const WizardPage = (): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(maySend(tenant, createServer));
  const kinds = useKinds();
  const list = useAccounts();
  return (
    <Page title={t('New server')} crumbs={[{ label: t('Servers'), to: '/servers' }]}>
      <PageBody>
        {!may ? <Forbidden right="vps.server.create" title={t('You may not make servers')} />
          : kinds.error ? <ProblemNote problem={toProblem(kinds.error)} onRetry={() => void kinds.refetch()} />
            : list.status === 'failed' && list.problem ? <ProblemNote problem={list.problem} />
              : !kinds.data || list.status === 'loading' ? <Panel flush><SkeletonRows label={t('Loading providers')} /></Panel>
                : <Wizard kinds={kinds.data.filter(k => k.capabilities.create)} accounts={list.accounts} />}
      </PageBody>
    </Page>
  );
};

/** Why a step can't be left yet. */
const unanswered = (step: Step, draft: Draft, accounts: readonly ProviderAccount[]): string | undefined => {
  switch (step) {
    case 'provider': return draft.kind ? undefined : t('Choose a provider.');
    case 'key': return !draft.account ? t('Choose or connect an account.') : accounts.find(a => a.id === draft.account)?.state === 'refused' ? t('The key of this account is refused.') : undefined;
    case 'location': return draft.location ? undefined : t('Choose a location.');
    case 'type': return draft.type ? undefined : t('Choose a type.');
    case 'review': return undefined;
  }
};

const Wizard = ({ kinds, accounts }: Pick<StepProps, 'kinds' | 'accounts'>): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const { step: wanted } = useSearch({ from: '/shell/servers/new' });
  const { draft, set, ordered } = useDraft();
  const kind = kinds.find(k => k.kind === draft.kind);
  const steps = stepsFor(kind);
  const at = stepAt(wanted, draft, steps);
  useDefaults(draft, set, accounts);
  const order = useOrder(draft, ordered);
  const { changes, dismiss } = useChanges(order.types.data, draft.location);
  const heading = useStepFocus(at);

  const go = (step: Step): void => void navigate({ to: '/servers/new', search: stepSearch(step) });
  const after = steps[steps.indexOf(at) + 1];
  const before = steps[steps.indexOf(at) - 1];
  const next = (): void => { if (after) go(after); };
  // A provider without a key is connected by choosing it.
  const connect = useMutation({
    mutationFn: (of: ProviderKind) => connectProvider(client, { kind: of.kind, name: suggestAccountName(of.title, accounts) }),
    onSuccess: ({ id }) => { set({ account: id }); next(); },
  });
  const problem = connect.error ? toProblem(connect.error) : order.problem;
  const place = problem && placeOf(problem.code, steps);
  const blocked = at === 'review' ? order.blocked : unanswered(at, draft, accounts);
  const busy = connect.isPending || order.pending;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (blocked || busy) return;
    if (at === 'review') order.send();
    else if (at === 'provider' && kind?.key === null && !draft.account) connect.mutate(kind);
    else next();
  };
  const props: StepProps = { draft, set: change => { connect.reset(); order.forget(); set(change); }, kinds, kind, accounts, next };

  return (
    <div className="grid gap-4">
      <StepTrail steps={steps} at={at} most={furthest(draft, steps)} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <section aria-labelledby="wizard-step" className="min-w-0 rounded-xl border border-line bg-surface">
          <header className="flex min-h-11 items-center border-b border-line px-4"><h2 id="wizard-step" ref={heading} tabIndex={-1} className="text-[13px] font-semibold tracking-tight outline-none">{QUESTIONS[at]}</h2></header>
          <div className="grid gap-4 p-4">
            {problem && (
              <div className="grid gap-2">
                <ProviderProblem problem={problem} onRetry={() => (connect.error && kind ? connect.mutate(kind) : order.send())} />
                {place && place.step !== at && <div className="flex justify-end"><Button size="sm" onClick={() => go(place.step)}>{place.action}</Button></div>}
              </div>
            )}
            {changes.length > 0 && (at === 'type' || at === 'review') && (
              <div role="status" className="flex items-start gap-2 rounded-lg border border-warn/30 bg-warn-wash p-3 text-[13px]"><ul className="min-w-0 flex-1">{changes.map(c => <li key={c}>{c}</li>)}</ul><IconButton label={t('Dismiss')} className="-m-1.5" onClick={dismiss}><X aria-hidden className="size-4" /></IconButton></div>
            )}
            {at === 'key' ? <AccountStep {...props} /> : null}
            <form onSubmit={submit}>
              {at === 'provider' && <ProviderStep {...props} />}
              {at === 'location' && <LocationStep {...props} />}
              {at === 'type' && <TypeStep {...props} />}
              {at === 'review' && <ReviewStep {...props} order={order} />}
              <div className="mt-5 flex flex-wrap items-center justify-end gap-2 border-t border-line pt-4">
                {blocked && (at !== 'key' || draft.account) && <p id="step-blocked" className="mr-auto text-[13px] text-ink-3">{blocked}</p>}
                {before && <Button onClick={() => go(before)}>{t('Back')}</Button>}
                {/* A first account is connected by a button of its own, which goes on by itself. */}
                {(at !== 'key' || draft.account) && <Button kind="primary" type="submit" aria-describedby={blocked ? 'step-blocked' : undefined} busy={busy} blocked={busy ? undefined : blocked}>{at === 'review' ? t('Create server') : t('Continue')}</Button>}
              </div>
            </form>
          </div>
        </section>
        <Summary draft={draft} kind={kind} accounts={accounts} order={order} at={at} />
      </div>
    </div>
  );
};

const QUESTIONS: Readonly<Record<Step, string>> = {
  provider: t('Where shall it run?'), key: t('Which account pays for it?'), location: t('Where shall it stand?'), type: t('How big shall it be?'), review: t('Is everything right?'),
};

/** What nobody has to choose: the only account, a free name. An account that was disconnected meanwhile is chosen no more. */
const useDefaults = (draft: Draft, set: StepProps['set'], accounts: readonly ProviderAccount[]): void => {
  const servers = useServers();
  const known = accounts.some(a => a.id === draft.account && a.kind === draft.kind);
  const first = accounts.find(a => a.kind === draft.kind)?.id ?? '';
  const since = useRef(draft.account);
  useEffect(() => {
    // One that was connected a moment ago is not in the view yet.
    if (known) since.current = draft.account;
    else if (draft.kind && draft.account !== first && (draft.account === '' || draft.account === since.current)) set({ account: first });
  }, [known, first, draft.account, draft.kind, set]);
  const named = useRef(draft.name !== '');
  useEffect(() => {
    if (named.current || servers.status !== 'ready') return;
    named.current = true;
    set({ name: suggestServerName([...servers.rows.values()].map(s => s.name)) });
  }, [servers, set]);
};

/** A new step is read out, and the keyboard goes on from its beginning. */
const useStepFocus = (at: Step): React.RefObject<HTMLHeadingElement | null> => {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(at);
  useEffect(() => {
    if (shown.current === at) return;
    shown.current = at;
    heading.current?.focus();
  }, [at]);
  return heading;
};
