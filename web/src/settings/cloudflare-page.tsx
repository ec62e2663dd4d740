import type { ReactNode } from 'react';
import { Page } from '../app/page.js';
import { CloudflareSettings } from '../tenancy/cloudflare-settings.js';
import { ProviderBudgets } from '../tenancy/provider-budgets.js';
import { t } from '../texts/text.js';
import { PageBody } from '../ui/panel.js';

export const CloudflarePage = (): ReactNode => <Page title={t('Cloudflare')}><PageBody narrow><div className="grid gap-4"><CloudflareSettings /><ProviderBudgets /></div></PageBody></Page>;
