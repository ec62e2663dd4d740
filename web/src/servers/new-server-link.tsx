import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { createServer } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';

export const NewServerLink = (): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(maySend(tenant, createServer));
  const icon = <Plus aria-hidden className="size-4" />;
  return may
    ? <Link to="/servers/new" className={buttonClass('primary')}>{icon}{t('New server')}</Link>
    : <Button kind="primary" icon={icon} blocked={t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.')}>{t('New server')}</Button>;
};
