import { Link } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { DriftFinding, ServerDrift } from '../contracts.js';
import { adviceFor } from '../lib/problem.js';
import { useClient, useCan } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { rich, t, within } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Tag } from '../ui/row-list.js';
import { Dot } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { beforeAfter, CHOICES, driftWords, type Answer } from './drift-words.js';
import { acceptDrift, ignoreDrift, revertDrift } from './drift.data.js';
import { Why } from '../why/why.js';

const ACTS = { accept: acceptDrift, revert: revertDrift, ignore: ignoreDrift } as const;

/** `named`: with the server's name, where the list is about many. */
export const DriftList = ({ rows, named, label }: { readonly rows: readonly (readonly [ServerDrift, DriftFinding])[]; readonly named?: boolean; readonly label: string }): ReactNode => (
  <ul aria-label={label} className="divide-y divide-line">{rows.map(([of, finding]) => <Finding key={`${of.id} ${finding.kind}`} of={of} finding={finding} named={named === true} />)}</ul>
);

const Finding = ({ of, finding, named }: { readonly of: ServerDrift; readonly finding: DriftFinding; readonly named: boolean }): ReactNode => {
  const words = driftWords(of, finding);
  const [before, after] = beforeAfter(finding);
  return (
    <li data-testid="drift" data-kind={finding.kind} data-state={finding.state} className="group/fact px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <span className="mt-[7px] flex"><Dot tone={finding.state === 'ignored' ? 'idle' : finding.kind === 'missing' || finding.kind === 'unknown' ? 'bad' : 'warn'} /></span>
        <div className="min-w-0 flex-1 basis-64 text-[13px]">
          <p className="break-words">
            {named && (of.server ? <Link to="/servers/$id" params={{ id: of.server }} className="font-medium hover:underline">{of.name}</Link> : <span className="font-medium">{of.name}</span>)}{named && <span aria-hidden className="text-ink-3"> · </span>}
            {words.title}{finding.state === 'ignored' && <Tag>{t('ignored')}</Tag>} <Why service="vps" view="drift" id={of.id} path="" name={of.name} />
          </p>
          <p className="text-[12px] text-ink-3">{rich('{text} Found {when}.', { text: words.text, when: <Ago at={finding.found_at} /> })}</p>
          {/* What is gone, unknown or left has one side only. */}
          {finding.kind !== 'missing' && finding.kind !== 'unknown' && finding.kind !== 'snapshot' && (
            <p className="mt-1.5 flex flex-wrap items-center gap-1.5 font-mono text-[12px]"><span className="sr-only">{t('Before')}</span><del className="rounded bg-bad-wash px-1.5 text-ink no-underline">{before}</del><ArrowRight aria-hidden className="size-3.5 text-ink-3" /><span className="sr-only">{t('after')}</span><ins className="rounded bg-ok-wash px-1.5 text-ink no-underline">{after}</ins></p>
          )}
        </div>
        <Answers of={of} finding={finding} />
      </div>
      {finding.failed && <ProblemNote className="mt-2" tone="warn" problem={{ ...finding.failed, ...(adviceFor(finding.failed.code) ? { advice: adviceFor(finding.failed.code) as string } : {}), retryable: false }} />}
    </li>
  );
};

const Answers = ({ of, finding }: { readonly of: ServerDrift; readonly finding: DriftFinding }): ReactNode => {
  const client = useClient();
  const may = { accept: useCan(maySend(client.tenant, acceptDrift, of.id)), revert: useCan(maySend(client.tenant, revertDrift, of.id)), ignore: useCan(maySend(client.tenant, ignoreDrift, of.id)) };
  const [asked, setAsked] = useState<Answer>();
  const words = driftWords(of, finding);
  const choice = asked && words.choices[asked];
  const run = (answer: Answer): Promise<unknown> => ACTS[answer](client, of.id, { kind: finding.kind, actual: finding.actual, ...(words.choices[answer]?.confirm ? { confirm_name: of.name } : {}) });
  return (
    <div className="ml-auto flex flex-wrap justify-end gap-1.5">
      {CHOICES[finding.kind].filter(a => finding.state === 'open' || a !== 'ignore').map(answer => (
        <Button key={answer} size="sm" kind={words.choices[answer]?.danger ? 'danger' : answer === 'ignore' ? 'quiet' : 'secondary'} blocked={may[answer] ? undefined : NOT_YOURS} onClick={() => setAsked(answer)}>{words.choices[answer]?.label}…</Button>
      ))}
      {asked && choice && (
        <ConfirmDialog open onClose={() => setAsked(undefined)} title={`${choice.label}: ${of.name}`} effect={choice.effect} action={choice.label} {...(choice.confirm ? { typed: of.name } : {})}
          run={() => run(asked)} onDone={() => toast(t('Done'), `${of.name}: ${within(choice.label)}`)} />
      )}
    </div>
  );
};
