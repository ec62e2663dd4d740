import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { mayAsk } from '../app/nav.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Panel, Skeleton } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { planVisibility } from './dns.data.js';
import { nextLook, visibilityTone } from './plan-model.js';

/** Does the world see it already? Asked again with growing pauses; what is not known is said to be not known. */
export const VisibilityPanel = ({ id }: { readonly id: string }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, planVisibility, id));
  const asked = useQuery({
    queryKey: ['dns-visibility', client.tenant, id], enabled: may, staleTime: 5_000,
    queryFn: () => planVisibility(client, {}, id),
    refetchInterval: query => (query.state.status === 'error' ? false : nextLook(query.state.data, query.state.dataUpdateCount)),
  });
  if (!may) return null;
  const seen = asked.data;
  const words = seen && visibilityTone(seen);
  const again = seen !== undefined && nextLook(seen, 1) !== false;
  return (
    <Panel title={t('Visible to the world')} aside={words && <span role="status" data-testid="visibility"><StatusPill tone={words.tone}>{words.label}</StatusPill></span>}>
      <div className="grid gap-2 text-[13px]">
        {asked.error ? <ProblemNote problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} /> : !seen ? <Skeleton className="h-4 w-3/4" /> : (
          <>
            <p>{seen.text}</p>
            {seen.not_yet.length > 0 && <div><p className="text-ink-2">{t('Not yet visible:')}</p><ul className="font-mono text-[12px]">{seen.not_yet.map(n => <li key={n} className="break-all">{n}</li>)}</ul></div>}
            {seen.visible < seen.total && <p className="text-[12px] text-ink-3">{t('Resolvers keep an old answer until its TTL has passed.')}{again && ` ${t('Asked again by itself, with growing pauses.')}`}</p>}
            {seen.asked.length > 0 && <p className="break-all text-[12px] text-ink-3">{t('Asked: {asked}', { asked: seen.asked.join(', ') })}</p>}
          </>
        )}
        <div className="flex flex-wrap items-center gap-2"><Button size="sm" busy={asked.isFetching} icon={<RefreshCw aria-hidden className="size-3.5" />} onClick={() => void asked.refetch()}>{t('Ask again')}</Button>{asked.dataUpdatedAt > 0 && <span className="text-[12px] text-ink-3">{rich('Asked {when}', { when: <Ago at={asked.dataUpdatedAt} /> })}</span>}</div>
      </div>
    </Panel>
  );
};
