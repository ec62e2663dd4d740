/** The parts of the settings, as the list beside them shows them. Pure. */
import { INSTALLATION } from '@xanthus/proto';
import { Bell, Cloud, Globe2, KeyRound, KeySquare, MonitorSmartphone, Palette, PlugZap, ShieldCheck, Store, TriangleAlert, UserRound, Users, Vault, Building2, LogIn } from 'lucide-react';
import { t } from '../texts/text.js';

/** `away`: a page of its own, which the list leads to and is not shown beside. */
const SECTIONS = [
  { group: t('You'), items: [
    { to: '/profile', label: t('Profile'), icon: UserRound },
    { to: '/sessions', label: t('Sessions'), icon: MonitorSmartphone },
    { to: '/settings/appearance', label: t('Appearance'), icon: Palette },
    { to: '/settings/language', label: t('Language and time'), icon: Globe2 },
  ] },
  { group: t('Organisation'), items: [
    { to: '/settings/organisation', label: t('General'), icon: Building2 },
    { to: '/settings/sign-on', label: t('Single sign-on'), icon: LogIn },
    { to: '/settings/cloudflare', label: t('Cloudflare'), icon: Cloud },
    { to: '/settings/notifications', label: t('Notifications'), icon: Bell },
    { to: '/members', label: t('Members'), icon: Users, away: true },
    { to: '/roles', label: t('Roles'), icon: ShieldCheck, away: true },
  ] },
  { group: t('Providers and keys'), items: [
    { to: '/providers', label: t('Providers'), icon: Store, away: true },
    { to: '/ssh-keys', label: t('SSH keys'), icon: KeyRound, away: true },
    { to: '/api-keys', label: t('API keys'), icon: KeySquare, away: true },
    { to: '/credentials', label: t('Credentials'), icon: PlugZap, away: true },
    { to: '/secrets', label: t('Secrets'), icon: Vault, away: true },
  ] },
  { group: t('Danger zone'), items: [{ to: '/settings/danger', label: t('Export and removal'), icon: TriangleAlert }] },
] as const;

export type Section = (typeof SECTIONS)[number]['items'][number];
export interface SectionGroup { readonly group: string; readonly items: readonly Section[] }

/** The installation itself has nothing to set here: only oneself. */
export const sectionsOf = (tenant: string): readonly SectionGroup[] => (tenant === INSTALLATION ? SECTIONS.slice(0, 1) : SECTIONS);
