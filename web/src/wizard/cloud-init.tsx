import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { mayAsk } from '../app/nav.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { ProblemNote } from '../ui/problem-note.js';
import type { wantedOf } from './review-model.js';
import { cloudInitPreview } from './wizard.data.js';

/** What the machine is told when it first starts, asked for when somebody wants to see it. */
export const CloudInit = ({ wanted, ready }: { readonly wanted: ReturnType<typeof wantedOf>; readonly ready: boolean }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, cloudInitPreview));
  const [shown, setShown] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['cloud-init', client.tenant, wanted], queryFn: () => cloudInitPreview(client, wanted), enabled: shown && may && ready, gcTime: 0 });
  if (!may) return null;
  return (
    <div className="grid gap-2">
      <div><Button size="sm" aria-expanded={shown} blocked={ready || shown ? undefined : t('Give a name first.')} onClick={() => setShown(!shown)}>{shown ? t('Hide cloud-init') : t('Show cloud-init')}</Button></div>
      {shown && error && <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />}
      {shown && data && (
        <div className="relative">
          <pre data-testid="cloud-init" tabIndex={0} aria-label={t('What the machine is told at its first start')} className="max-h-80 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-[12px] leading-relaxed">{data.user_data}</pre>
          <CopyButton text={data.user_data} label={t('Copy cloud-init')} className="absolute right-2 top-2 bg-surface" />
        </div>
      )}
    </div>
  );
};
