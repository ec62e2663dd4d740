import { useNavigate } from '@tanstack/react-router';
import { Building2, Check, LayoutList } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.js';
import { useSwitch, workplaces } from './switcher.js';
import { useTenants } from './use-tenants.js';

/** Where else one may go. */
export const TenantItems = ({ trigger, onNavigate }: { readonly trigger: ReactNode; readonly onNavigate?: () => void }): ReactNode => {
  const navigate = useNavigate();
  const tenants = workplaces(useTenants());
  const { switchTo } = useSwitch();
  return (
    <Menu opened align="start" trigger={trigger}>
      <MenuLabel>{t('Organisations')}</MenuLabel>
      {tenants.map(t => <MenuItem key={t.id} icon={t.current ? <Check aria-hidden /> : <Building2 aria-hidden />} onSelect={() => { onNavigate?.(); if (!t.current) switchTo(t.id); }}>{t.name}</MenuItem>)}
      <MenuLine />
      <MenuItem icon={<LayoutList aria-hidden />} onSelect={() => { onNavigate?.(); void navigate({ to: '/organisations' }); }}>{t('All organisations')}</MenuItem>
    </Menu>
  );
};
