import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatDuration } from '../lib/format.js';
import { adviceFor } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { actorName } from '../servers/history.js';
import { t } from '../texts/text.js';
import { Ago, useNow } from '../ui/ago.js';
import { Panel } from '../ui/panel.js';
import { currentOperations, operationTitle } from './operations.js';
import { useOperationRows } from './server.data.js';
import { Why } from '../why/why.js';

const ICONS = { running: <LoaderCircle aria-hidden className="size-4 animate-spin text-accent-ink" />, finished: <CircleCheck aria-hidden className="size-4 text-ok" />, failed: <CircleAlert aria-hidden className="size-4 text-bad" /> } as const;

/** What runs on a server now, how far it is, and how the last of it ended. */
export const OperationsPanel = ({ id }: { readonly id: string }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const now = useNow();
  const shown = currentOperations(useOperationRows(id).rows.get(id)?.items ?? [], now);
  if (shown.length === 0) return null;
  return (
    <Panel title={t('Work on this server')} flush>
      <ul aria-label={t('Work on this server')} aria-live="polite" className="divide-y divide-line">
        {shown.map(o => (
          <li key={o.id} data-testid="operation" data-kind={o.kind} data-state={o.state} className="group/fact flex items-start gap-3 px-4 py-3 text-[13px]">
            <span className="mt-0.5">{ICONS[o.state]}</span>
            <div className="min-w-0 flex-1">
              <p>{operationTitle(o)} <Why service="vps" view="operations" id={id} path="items" name={operationTitle(o)} /></p>
              {o.state === 'running' && o.text && <p className="break-words text-[12px] text-ink-3">{o.text}</p>}
              {o.reason && <p className="break-words text-[12px] text-ink-2">{o.reason.message} {adviceFor(o.reason.code)} <code className="font-mono text-ink-3">{o.reason.code}</code></p>}
              {o.state === 'running' && o.percent !== undefined && (
                <div role="progressbar" aria-label={operationTitle(o)} aria-valuemin={0} aria-valuemax={100} aria-valuenow={o.percent} className="mt-2 h-1 overflow-hidden rounded-full bg-raised"><div className="h-full rounded-full bg-accent transition-[width] duration-500" style={{ width: `${o.percent}%` }} /></div>
              )}
            </div>
            <p className="shrink-0 text-right text-[12px] text-ink-3">
              <span className="block text-ink-2">{actorName(o.started_by, user.id, names)}</span>
              {o.ended_at ? <Ago at={o.ended_at} /> : <span className="figure">{formatDuration((now - Date.parse(o.started_at)) / 1_000)}</span>}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
};
