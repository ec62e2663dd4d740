import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../app/page.js';
import { useClient } from '../live/live-context.js';
import { DataSettings } from '../tenancy/data-settings.js';
import { t } from '../texts/text.js';
import { buttonClass } from '../ui/button.js';
import { PageBody, Panel } from '../ui/panel.js';

/** What can't be taken back, and what should be done before. */
export const DangerPage = (): ReactNode => (
  <Page title={t('Export and removal')}>
    <PageBody narrow>
      <div className="grid gap-4">
        <DataSettings />
        <Panel title={t('Leave this organisation')}>
          <p className="text-[13px] text-ink-2">{t('You lose every right here; somebody has to invite you to come back. What you made stays.')}</p>
          <div className="mt-4 flex justify-end"><Link to="/members/$id" params={{ id: useClient().user.id }} className={buttonClass()}>{t('Open your membership')}</Link></div>
        </Panel>
      </div>
    </PageBody>
  </Page>
);
