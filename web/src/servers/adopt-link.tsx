import { Link } from '@tanstack/react-router';
import { Plug } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { adoptServer } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';

/** The way to a machine that is there already. */
export const AdoptLink = ({ className = '' }: { readonly className?: string }): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(maySend(tenant, adoptServer));
  const icon = <Plug aria-hidden className="size-4" />;
  return may
    ? <Link to="/servers/adopt" className={`${buttonClass()} ${className}`}>{icon}{t('Adopt server')}</Link>
    : <Button className={className} icon={icon} blocked={t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.')}>{t('Adopt server')}</Button>;
};

