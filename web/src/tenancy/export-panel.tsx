import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { toProblem } from '../lib/problem.js';
import { useClient, useLive } from '../live/live-context.js';
import { useTenantName } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { exportTenant } from './tenancy.data.js';

const save = (file: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has its own hold on it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

export const ExportPanel = ({ blocked }: { readonly blocked: string | undefined }): ReactNode => {
  const { tenant } = useClient();
  const { proved } = useLive();
  const name = useTenantName();
  const take = useMutation({
    mutationFn: () => proved(() => exportTenant(tenant)),
    onSuccess: file => { save(file, `xanthus-${tenant}-${new Date().toISOString().slice(0, 10)}.jsonl`); toast(t('Exported')); },
  });
  return (
    <Panel title={t('Export')}>
      <p className="text-[13px] text-ink-2">{t('Everything that {name} has, in one file: every event from the first, what is shown now, and the names of its members, with a manifest of hashes at its end. Not the secrets: they have no way out, not even this one.', { name })}</p>
      {take.error && <ProblemNote className="mt-3" problem={toProblem(take.error)} />}
      <div className="mt-4 flex justify-end"><Button icon={<Download aria-hidden className="size-4" />} busy={take.isPending} blocked={blocked} onClick={() => take.mutate()}>{t('Export everything')}</Button></div>
    </Panel>
  );
};
