import type { ReactNode } from 'react';
import { OIDC_TEST_STAGES, type OidcTest } from '../contracts.js';
import type { ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { StepList, type Step } from '../ui/step-list.js';

const LABELS: Readonly<Record<(typeof OIDC_TEST_STAGES)[number], string>> = { address: t('Reach the address'), discovery: t('Read its settings'), issuer: t('Issuer is what it says'), keys: t('Fetch its keys'), features: t('PKCE and log-out'), client: t('Client id and secret') };

/** What a provider can, stage by stage. */
export const ProviderTest = ({ result, running, problem }: { readonly result: OidcTest | undefined; readonly running: boolean; readonly problem: ShownProblem | undefined }): ReactNode => {
  if (problem) return <ProblemNote problem={problem} />;
  const steps = OIDC_TEST_STAGES.map((stage): Step => {
    const told = result?.stages.find(s => s.stage === stage);
    return { key: stage, label: LABELS[stage], status: told ? (told.status === 'ok' ? 'passed' : told.status) : running ? 'running' : 'waiting', ...(told?.message ? { detail: told.message } : {}) };
  });
  return <Panel title={t('Test')} flush aside={result && <span className="text-[12px] text-ink-3">{result.ok ? t('It works') : t('Something is wrong')}</span>}><StepList label={t('Stages of the test')} steps={steps} busy={running} /></Panel>;
};
