import { useMutation } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Server } from '../contracts.js';
import { adviceFor } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useSetUp } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { StepList } from '../ui/step-list.js';
import { toastProblem } from '../ui/toaster.js';
import { NOT_YOURS } from './actions.js';
import { isRemoving, removalSteps } from './removal.js';
import { deleteServer } from './server.data.js';

/** How far the deletion of a server is; what failed stays here until it has worked. */
export const RemovalPanel = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, deleteServer, server.id));
  const setUp = useSetUp(server.id).rows.get(server.id);
  const now = useNow();
  const again = useMutation({ mutationFn: () => deleteServer(client, server.id, { confirm_name: server.name }), onError: toastProblem });
  if (!isRemoving(setUp)) return null;
  const failed = setUp.state === 'removal-failed';
  const wait = setUp.retry_at ? Math.max(0, Math.ceil((Date.parse(setUp.retry_at) - now) / 1_000)) : undefined;
  const advice = setUp.problem ? adviceFor(setUp.problem.code) : undefined;
  return (
    <Panel title={failed ? t('Deleting this server did not work') : t('This server is being deleted')} flush
      aside={failed && <Button size="sm" kind="primary" busy={again.isPending} blocked={may ? undefined : NOT_YOURS} icon={<RotateCw aria-hidden className="size-3.5" />} onClick={() => again.mutate()}>{t('Try again')}</Button>}>
      {setUp.problem && <ProblemNote className="m-3" tone={failed ? 'bad' : 'warn'} problem={{ ...setUp.problem, ...(advice ? { advice } : {}), retryable: false }} />}
      {wait !== undefined && !failed && <p className="px-4 pt-3 text-[13px] text-ink-2">{wait > 0 ? t('Tried again in {wait} s.', { wait }) : t('Tried again now.')}</p>}
      <StepList label={t('Steps of the deletion')} steps={removalSteps(setUp.removal)} busy={!failed} />
      {failed && <p className="border-t border-line px-4 py-3 text-[13px] text-ink-2">{t('Until it has worked the server stays listed, and costs what it costs. Steps that are done are not done again.')}</p>}
    </Panel>
  );
};
