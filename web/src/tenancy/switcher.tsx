import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { INSTALLATION } from '@xanthus/proto';
import { ArrowRight, Building2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tenancy } from '../contracts.js';
import { useSession } from '../session/session-context.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Panel } from '../ui/panel.js';
import { ListRow, Tag } from '../ui/row-list.js';
import { toastProblem } from '../ui/toaster.js';
import { useTenants } from './use-tenants.js';

/** Goes on in another organisation: from its dashboard, for a page of this one means nothing there. */
export const useSwitch = (): { readonly switchTo: (tenant: string) => void; readonly busy: string | undefined } => {
  const session = useSession();
  const navigate = useNavigate();
  const move = useMutation({ mutationFn: async (tenant: string) => {
      await navigate({ to: '/organisations' });
      await session.switchTo(tenant);
      if (tenant !== INSTALLATION) await navigate({ to: '/' });
    }, onError: toastProblem });
  return { switchTo: move.mutate, busy: move.isPending ? move.variables : undefined };
};

/** By name; the installation itself, for its operators, last. */
export const workplaces = (tenants: readonly Tenancy[] | undefined): readonly Tenancy[] =>
  (tenants ?? []).map(o => (o.id === INSTALLATION ? { ...o, name: t('This installation') } : o)).toSorted((a, b) => Number(a.id === INSTALLATION) - Number(b.id === INSTALLATION) || a.name.localeCompare(b.name));

/** The organisations that one belongs to. */
export const Switcher = (): ReactNode => {
  const tenants = workplaces(useTenants());
  const { switchTo, busy } = useSwitch();
  if (tenants.length === 0) return null;
  return (
    <Panel title={t('Yours')} flush>
      <ul aria-label={t('Your organisations')} className="divide-y divide-line">
        {tenants.map(o => (
          <ListRow key={o.id} icon={<Building2 />} title={<>{o.name}{o.current && <Tag strong>{t('you are here')}</Tag>}</>} text={<>{o.id === INSTALLATION ? t('You are an operator: you make organisations, and read nothing of theirs') : <>{rich('{slug} · you are {role}', { slug: <span className="font-mono">{o.id}</span>, role: o.role })}</>}</>}
            actions={!o.current && <Button size="sm" icon={<ArrowRight aria-hidden className="size-3.5" />} busy={busy === o.id} onClick={() => switchTo(o.id)}><span className="min-w-0 truncate">{t('Go to {name}', { name: o.name })}</span></Button>} />
        ))}
      </ul>
    </Panel>
  );
};
