import { Link } from '@tanstack/react-router';
import { AppWindow } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApplicationList } from '../applications/applications-page.js';
import { useApplications } from '../applications/applications.data.js';
import type { Server } from '../contracts.js';
import { t } from '../texts/text.js';
import { buttonClass } from '../ui/button.js';
import { EmptyState, Panel } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';

/** What runs on this server. */
export const ApplicationsTab = ({ server }: { readonly server: Server }): ReactNode => {
  const list = useApplications();
  const here = [...list.rows.values()].filter(a => a.server === server.id);
  return (
    <ListStates of={list} what={t('applications')} right="applications.application.read" count={here.length} empty={(
      <Panel flush>
        <EmptyState icon={<AppWindow />} title={t('No applications on this server')} action={<Link to="/catalog" className={buttonClass('primary')}>{t('Look into the catalog')}</Link>}>
          {server.facts?.k3s ? t('Choose one from the catalog.') : t('Applications need a Kubernetes: let K3s be installed on it under Set-up first.')}
        </EmptyState>
      </Panel>
    )}>
      <ApplicationList all={here} server={server.id} />
    </ListStates>
  );
};
