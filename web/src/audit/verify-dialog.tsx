import { CircleAlert, CircleCheck, Download, ShieldCheck } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { AuditChain, AuditVerified } from '../contracts.js';
import { formatMoment, formatNumber } from '../lib/format.js';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { saveFile } from '../logs/save-log.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Dialog } from '../ui/dialog.js';
import { ProblemNote } from '../ui/problem-note.js';
import { downloadAudit, useChains, verifyStream } from './audit.data.js';
import type { AuditFilter } from './filter.js';

type Problem = NonNullable<AuditVerified['problem']>;
interface Progress { readonly events: number; readonly done: boolean; readonly problem?: Problem | undefined }
const KINDS: Readonly<Record<Problem['kind'], string>> = { changed: t('An event is not what it was.'), missing: t('An event is missing.'), signature: t('A seal is not signed by this installation.'), order: t('Seals do not follow each other.') };
const COMMAND = 'npm start -- verify-audit';

/** Every event compared with the signed chain; what that proves; and the bundle with which anybody checks it without us. */
export const VerifyDialog = ({ filter, tenant, onClose }: { readonly filter: AuditFilter; readonly tenant: string; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const { rows } = useChains();
  const chains = [...rows.values()].toSorted((a, b) => a.stream.localeCompare(b.stream));
  const [progress, setProgress] = useState<Readonly<Record<string, Progress>>>({});
  const [problem, setProblem] = useState<ShownProblem>();
  const [running, setRunning] = useState(false);
  const over = useRef<AbortController>(undefined);
  useEffect(() => () => over.current?.abort(), []);
  const start = async (): Promise<void> => {
    const { signal } = over.current = new AbortController();
    setRunning(true);
    setProblem(undefined);
    setProgress({});
    try {
      for (const { stream } of chains) {
        let [after, events] = [0, 0];
        for (let done = false; !done && !signal.aborted;) {
          const answer = await verifyStream(client, stream, after);
          [after, events, done] = [answer.verified_to, events + answer.events, answer.done];
          const now = { events, done, problem: answer.problem };
          if (!signal.aborted) setProgress(p => ({ ...p, [stream]: now }));
        }
      }
    } catch (error) {
      if (!signal.aborted) setProblem(toProblem(error));
    }
    if (!signal.aborted) setRunning(false);
  };
  const stop = (): void => { over.current?.abort(); setRunning(false); };
  const all = !running && Object.keys(progress).length > 0 && Object.values(progress).every(p => p.done);
  const broken = Object.values(progress).some(p => p.problem);
  return (
    <Dialog open wide onOpenChange={open => { if (!open) onClose(); }} title={t('Verify the log')} description={t('Each event is chained to the one before it, and the end of the chain is signed every 1,000 events or once a minute. What is changed, taken out or put in later no longer fits.')}>
      <ul aria-label={t('Chains')} className="mt-4 divide-y divide-line rounded-lg border border-line">
        {chains.map(chain => <ChainRow key={chain.stream} chain={chain} progress={progress[chain.stream]} />)}
        {chains.length === 0 && <li className="px-3 py-4 text-[13px] text-ink-3">{t('Nothing is sealed yet: the first seal comes within a minute of the first event.')}</li>}
      </ul>
      <p role="status" className="mt-3 min-h-5 text-[13px]">
        {broken ? <span className="text-bad">{t('The log does not fit its chain. Keep the bundle and ask whoever runs this installation.')}</span>
          : all ? <span className="text-ok">{t('Every sealed event is as it was when it was sealed. Who could read the signing key of the installation could still have made another chain: keep a bundle elsewhere to rule that out.')}</span> : running ? t('Comparing…') : ''}
      </p>
      {problem && <ProblemNote className="mt-2" problem={problem} onRetry={() => void start()} />}
      <Bundle filter={filter} tenant={tenant} />
      <div className="mt-4 flex justify-end gap-2">
        {running ? <Button onClick={stop}>{t('Stop')}</Button> : <Button onClick={onClose}>{t('Close')}</Button>}
        <Button kind="primary" busy={running} blocked={chains.length === 0 ? t('Nothing is sealed yet.') : undefined} icon={<ShieldCheck aria-hidden className="size-4" />} onClick={() => void start()}>{t('Verify')}</Button>
      </div>
    </Dialog>
  );
};

const ChainRow = ({ chain, progress }: { readonly chain: AuditChain; readonly progress: Progress | undefined }): ReactNode => (
  <li className="grid gap-1 px-3 py-2 text-[13px]">
    <div className="flex items-center gap-2">
      {progress?.problem ? <CircleAlert aria-hidden className="size-4 text-bad" /> : progress?.done ? <CircleCheck aria-hidden className="size-4 text-ok" /> : <span aria-hidden className="size-4" />}
      <span className="font-medium">{chain.stream}</span>
      <span className="figure ml-auto text-[12px] text-ink-3">{progress ? t('{events, number} of {all, number} events compared', { events: progress.events, all: chain.events }) : t('{events, plural, one {# event} other {# events}} in {blocks, plural, one {# block} other {# blocks}}, last sealed {when}', { events: chain.events, blocks: chain.blocks, when: formatMoment(Date.parse(chain.sealed_at)) })}</span>
    </div>
    {progress && <progress aria-label={t('{stream}: {events} of {all}', { stream: chain.stream, events: formatNumber(progress.events), all: formatNumber(chain.events) })} value={progress.events} max={Math.max(1, chain.events)} className="h-1 w-full accent-[var(--accent)]" />}
    {progress?.problem && <p className="text-bad">{KINDS[progress.problem.kind]} {t('At {stream}.{seq}: {message}', { stream: chain.stream, seq: progress.problem.seq, message: progress.problem.message })}</p>}
  </li>
);

const Bundle = ({ filter, tenant }: { readonly filter: AuditFilter; readonly tenant: string }): ReactNode => {
  const [state, setState] = useState<'busy' | ShownProblem>();
  const [leftOut, setLeftOut] = useState('');
  const name = `${tenant}-audit.chain.jsonl`;
  const save = async (): Promise<void> => {
    setState('busy');
    try {
      const { pieces, leftOut: left } = await downloadAudit({ ...(filter.from ? { from: filter.from } : {}), ...(filter.to ? { to: filter.to } : {}), ...(filter.service ? { service: filter.service } : {}) }, 'chain', new AbortController().signal);
      const parts: string[] = [];
      for await (const piece of pieces) parts.push(piece);
      saveFile(name, parts, 'application/x-ndjson');
      setLeftOut(left);
      setState(undefined);
    } catch (error) { setState(toProblem(error)); }
  };
  return (
    <section aria-label={t('Check it without us')} className="mt-4 grid gap-2 rounded-lg border border-line bg-sunken p-3 text-[13px]">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium">{t('Check it without us')}</h3>
        <Button size="sm" busy={state === 'busy'} icon={<Download aria-hidden className="size-3.5" />} onClick={() => void save()}>{t('Download the bundle')}</Button>
      </div>
      <p className="text-ink-2">{t('The bundle holds the events as they are stored, the seals and the public keys. This command compares them on any machine, without a connection:')}</p>
      <Code block text={`${COMMAND} ${name}`} label={t('Copy the command')} />
      {leftOut && <p className="text-warn">{t('Not in it, because you may not follow them: {streams}', { streams: leftOut })}</p>}
      {typeof state === 'object' && <ProblemNote problem={state} onRetry={() => void save()} />}
    </section>
  );
};
