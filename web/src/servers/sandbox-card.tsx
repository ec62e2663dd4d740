import { useNavigate } from '@tanstack/react-router';
import { useMutation, useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { FlaskConical } from 'lucide-react';
import type { ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ProblemNote } from '../ui/problem-note.js';
import { adoptSandbox, sandboxInfo, useServers } from './servers.data.js';

/** A server to play with: adopted by one click. Shows nothing where there is none to offer. */
export const SandboxCard = ({ className }: { readonly className?: string }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const mayLook = useCan(mayAsk(client.tenant, sandboxInfo));
  const may = useCan(maySend(client.tenant, adoptSandbox));
  const { rows } = useServers();
  const info = useQuery({ queryKey: ['sandbox', client.tenant], queryFn: () => sandboxInfo(client, {}), enabled: mayLook });
  const adopt = useMutation({
    mutationFn: () => adoptSandbox(client, {}),
    onSuccess: ({ id }) => navigate({ to: '/servers/$id', params: { id } }),
  });
  const adopted = [...rows.values()].some(s => s.provider === 'sandbox');

  if (!mayLook || !may || !info.data?.available || adopted) return null;
  return (
    <section aria-label={t('Sandbox')} className={clsx('rounded-xl border border-line bg-surface p-4', className)}>
      <div className="flex items-start gap-3">
        <FlaskConical aria-hidden className="mt-0.5 size-5 shrink-0 text-accent-ink" />
        <div className="min-w-0 flex-1">
          <h3 className="font-medium text-ink">{t('A server to play with')}</h3>
          <p className="text-[13px] text-ink-2">{t('A real OpenSSH server in a sandbox beside Xanthus. Nothing can break.')}</p>
        </div>
        <Button busy={adopt.isPending} onClick={() => adopt.mutate()}>{t('Adopt sandbox')}</Button>
      </div>
      {adopt.error && <ProblemNote className="mt-3" problem={toProblem(adopt.error)} onRetry={() => adopt.mutate()} />}
    </section>
  );
};
