import { useMutation } from '@tanstack/react-query';
import { GitCompareArrows, RefreshCw } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { DriftCheck } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { DriftList } from './drift-list.js';
import { driftRows } from './drift-words.js';
import { checkDrift, useServerDrift } from './drift.data.js';

const told = ({ accounts }: DriftCheck): string => {
  const found = accounts.reduce((n, a) => n + a.findings, 0);
  const servers = accounts.reduce((n, a) => n + a.servers, 0);
  return accounts.length === 0 ? t('No account at a provider is connected.') : t('{servers, plural, one {# server looked at} other {# servers looked at}}, {found, plural, =0 {no difference} one {one difference} other {# differences}}.', { servers, found });
};

export const DriftPage = (): ReactNode => {
  const client = useClient();
  const { rows, ...of } = useServerDrift();
  const may = useCan(maySend(client.tenant, checkDrift));
  const check = useMutation({ mutationFn: () => checkDrift(client, {}), onSuccess: done => toast(t('Compared'), told(done)), onError: toastProblem });
  const all = useMemo(() => driftRows(rows.values()), [rows]);
  const open = all.filter(([, f]) => f.state === 'open');
  const ignored = all.filter(([, f]) => f.state === 'ignored');
  const button = <Button size="sm" busy={check.isPending} blocked={may ? undefined : NOT_YOURS} icon={<RefreshCw aria-hidden className="size-3.5" />} onClick={() => check.mutate()}>{t('Compare now')}</Button>;
  return (
    <Page title={t('Drift')} actions={of.status === 'denied' ? undefined : button}>
      <PageBody>
        {check.data?.accounts.filter(a => a.reason !== null).map(a => a.reason && <ProblemNote key={a.provider_id} className="mb-4" tone="warn" problem={{ ...a.reason, message: `${a.name}: ${a.reason.message}`, retryable: false }} />)}
        <ListStates of={of} what={t('drift')} right="vps.drift.read" count={all.length} empty={(
          <EmptyState icon={<GitCompareArrows />} title={t('Everything is at the providers as it is known here')}>
            {t('Every few minutes your servers are compared with what the providers have. What somebody deleted, renamed, resized or switched off there shows here, and what is left there of servers that were deleted.')}
          </EmptyState>
        )}>
          <div className="grid gap-4">
            <Panel title={t('Changed outside Xanthus')} flush>{open.length > 0 ? <DriftList rows={open} named label={t('Changed outside Xanthus')} /> : <p className="p-4 text-[13px] text-ink-3">{t('None at the moment.')}</p>}</Panel>
            {ignored.length > 0 && <Panel title={t('Ignored')} flush><DriftList rows={ignored} named label={t('Ignored')} /></Panel>}
          </div>
        </ListStates>
      </PageBody>
    </Page>
  );
};
