import type { ReactNode } from 'react';
import { Page } from '../app/page.js';
import { SignOnSettings } from '../tenancy/sign-on-settings.js';
import { t } from '../texts/text.js';
import { PageBody } from '../ui/panel.js';

export const SignOnPage = (): ReactNode => <Page title={t('Single sign-on')}><PageBody narrow><SignOnSettings /></PageBody></Page>;
