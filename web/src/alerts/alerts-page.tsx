import { BellRing } from 'lucide-react';
import type { ReactNode } from 'react';
import { Page } from '../app/page.js';
import { t } from '../texts/text.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ListStates } from '../ui/row-list.js';
import { AlertList } from './alert-list.js';
import { useAlerts } from './use-alerts.js';

export const AlertsPage = (): ReactNode => {
  const { all, ...of } = useAlerts();
  const fresh = all.filter(r => r.fresh);
  const known = all.filter(r => r.status === 'open' && !r.fresh);
  const over = all.filter(r => r.status !== 'open');
  return (
    <Page title={t('Alerts')}>
      <PageBody>
        <ListStates of={of} what={t('alerts')} right="vps.alert.read" count={all.length} empty={(
          <EmptyState icon={<BellRing />} title={t('Nothing needs you')}>{t('An alert comes when a disk is nearly full, a server stops answering, has too much to do, its clock goes wrong, or a service fails.')}</EmptyState>
        )}>
          <div className="grid gap-4">
            <Panel title={t('Need somebody')} flush>{fresh.length > 0 ? <AlertList rows={fresh} named label={t('Need somebody')} /> : <p className="p-4 text-[13px] text-ink-3">{t('None at the moment.')}</p>}</Panel>
            {known.length > 0 && <Panel title={t('Seen to or muted')} flush><AlertList rows={known} named label={t('Seen to or muted')} /></Panel>}
            {over.length > 0 && <Panel title={t('Over')} flush><AlertList rows={over} named label={t('Over')} /></Panel>}
          </div>
        </ListStates>
      </PageBody>
    </Page>
  );
};
