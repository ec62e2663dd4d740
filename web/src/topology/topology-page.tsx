import type { ReactNode } from 'react';
import { Page } from '../app/page.js';
import { t } from '../texts/text.js';

export const TopologyPage = (): ReactNode => <Page title={t('Topology')}>{null}</Page>;
