import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { adoptServer } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { Button, buttonClass } from '../ui/button.js';

export const AdoptLink = (): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(maySend(tenant, adoptServer));
  const icon = <Plus aria-hidden className="size-4" />;
  return may
    ? <Link to="/servers/adopt" className={buttonClass('primary')}>{icon}Adopt server</Link>
    : <Button kind="primary" icon={icon} blocked="Your role doesn’t allow this (DENIED). Ask an owner or administrator.">Adopt server</Button>;
};
