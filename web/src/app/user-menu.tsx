import { useNavigate } from '@tanstack/react-router';
import { Keyboard, LogOut, Monitor, MonitorSmartphone, Moon, Palette, ShieldCheck, Sun } from 'lucide-react';
import { useContext, type ReactNode } from 'react';
import { useLogout } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../ui/menu.js';
import { ShellContext } from './page.js';
import type { Theme } from './theme.js';
import { useAppearance } from './use-appearance.js';

const THEMES: readonly (readonly [Theme, string, ReactNode])[] = [['system', t('System'), <Monitor key="s" aria-hidden />], ['light', t('Light'), <Sun key="l" aria-hidden />], ['dark', t('Dark'), <Moon key="d" aria-hidden />]];

/** One's own: how it looks, who one is, out. */
export const UserMenu = ({ trigger, onNavigate }: { readonly trigger: ReactNode; readonly onNavigate?: () => void }): ReactNode => {
  const logout = useLogout();
  const navigate = useNavigate();
  const shell = useContext(ShellContext);
  const [{ theme }, choose] = useAppearance();
  const go = (to: '/profile' | '/sessions' | '/settings/appearance') => (): void => { onNavigate?.(); void navigate({ to }); };
  return (
    <Menu opened align="start" trigger={trigger}>
      <MenuLabel>{t('Theme')}</MenuLabel>
      <MenuChoice label={t('Theme')} value={theme} options={THEMES} onChange={next => choose('theme', next)} />
      <MenuLine />
      <MenuItem icon={<ShieldCheck aria-hidden />} onSelect={go('/profile')}>{t('Profile and second factor')}</MenuItem>
      <MenuItem icon={<MonitorSmartphone aria-hidden />} onSelect={go('/sessions')}>{t('Sessions')}</MenuItem>
      <MenuItem icon={<Palette aria-hidden />} onSelect={go('/settings/appearance')}>{t('Appearance')}</MenuItem>
      <MenuItem icon={<Keyboard aria-hidden />} onSelect={() => { onNavigate?.(); shell.openHelp(); }}>{t('Keyboard shortcuts')}</MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onSelect={logout}>{t('Log out')}</MenuItem>
    </Menu>
  );
};
