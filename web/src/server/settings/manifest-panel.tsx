import { useMutation } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import type { ManifestPlan, Server } from '../../contracts.js';
import { toProblem } from '../../lib/problem.js';
import { useClient } from '../../live/live-context.js';
import { t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { Panel } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { Dot } from '../../ui/status-pill.js';
import { toast } from '../../ui/toaster.js';
import { applyManifest } from '../server.data.js';
import { useActions } from '../use-actions.js';
import { applyBlocked, diffLines, OUTCOMES, tooLong } from './manifest-model.js';

/** First what would happen, then exactly that. */
export const ManifestPanel = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const { blocked } = useActions(server)('apply-manifest');
  const [yaml, setYaml] = useState('');
  const [plan, setPlan] = useState<ManifestPlan>();
  const file = useRef<HTMLInputElement>(null);
  const write = (text: string): void => { setYaml(text); setPlan(undefined); };
  const look = useMutation({ mutationFn: () => applyManifest(client, server.id, { yaml, dry_run: true }), onSuccess: setPlan });
  const apply = useMutation({
    mutationFn: (of: string) => applyManifest(client, server.id, { yaml, dry_run: false, plan: of }),
    onSuccess: done => { setPlan(done); toast(t('Applied'), t('{objects, plural, one {# object on {name}} other {# objects on {name}}}', { objects: done.objects.length, name: server.name })); },
  });
  const long = tooLong(yaml);
  const error = look.error ?? apply.error;
  const cannot = blocked ?? long;
  return (
    <Panel title={t('Manifest')} aside={<Button size="sm" kind="quiet" icon={<FileUp aria-hidden className="size-3.5" />} onClick={() => file.current?.click()}>{t('From a file…')}</Button>}>
      <div className="grid gap-3">
        <input ref={file} type="file" hidden aria-label={t('File with Kubernetes objects')} accept=".yaml,.yml,.json,text/plain" onChange={e => { void e.target.files?.[0]?.text().then(write); e.target.value = ''; }} />
        <TextField label={t('Kubernetes objects')} mono rows={8} value={yaml} onChange={e => write(e.target.value)} placeholder={t('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop')} hint={t('YAML, several separated by ---. Its text is not kept; what was applied is recorded by name.')} problem={long} />
        {error && <ProblemNote problem={toProblem(error)} />}
        {plan && <Plan plan={plan} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button kind={plan ? 'secondary' : 'primary'} busy={look.isPending} blocked={cannot ?? (yaml.trim() ? undefined : t('Paste something first.'))} onClick={() => { apply.reset(); look.mutate(); }}>{t('See what it would do')}</Button>
          {!plan?.applied && <Button kind={plan ? 'primary' : 'secondary'} busy={apply.isPending} blocked={cannot ?? applyBlocked(plan)} onClick={() => plan && apply.mutate(plan.plan)}>{t('Apply')}</Button>}
        </div>
      </div>
    </Panel>
  );
};

const Plan = ({ plan }: { readonly plan: ManifestPlan }): ReactNode => (
  <section aria-label={plan.applied ? t('What happened') : t('What would happen')} data-testid="manifest-plan" data-applied={plan.applied} className="animate-rise overflow-hidden rounded-lg border border-line">
    <ul className="divide-y divide-line">
      {plan.objects.map(o => (
        <li key={`${o.kind} ${o.namespace} ${o.name}`} data-outcome={o.outcome} className="flex flex-wrap items-baseline gap-x-2 px-3 py-2 text-[13px]">
          <Dot tone={OUTCOMES[o.outcome].tone} /><span className="min-w-0 break-all font-mono text-[12.5px]">{o.kind}/{o.name}</span>{o.namespace && <span className="text-[12px] text-ink-3">{t('in {namespace}', { namespace: o.namespace })}</span>}
          <span className="ml-auto text-[12px] text-ink-2">{OUTCOMES[o.outcome][plan.applied ? 'was' : 'will']}</span>
          {o.message && <p className="basis-full text-[12px] text-ink-3">{o.message}</p>}
        </li>
      ))}
    </ul>
    {plan.diff && !plan.applied && (
      <pre tabIndex={0} aria-label={t('What differs')} className="max-h-80 overflow-auto border-t border-line bg-sunken py-2 font-mono text-[12px] leading-5">
        {diffLines(plan.diff).map(([kind, text], i) => <div key={i} className={clsx('min-w-max px-3', { 'bg-ok-wash': kind === 'added', 'bg-bad-wash': kind === 'removed', 'text-ink-3': kind === 'place' })}>{text || ' '}</div>)}
      </pre>
    )}
  </section>
);
