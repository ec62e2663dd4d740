import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Link, Outlet, redirect, retainSearchParams } from '@tanstack/react-router';
import { INSTALLATION, isTenantSlug } from '@xanthus/proto';
import { Compass } from 'lucide-react';
import type { ReactNode } from 'react';
import { readApplicationSearch } from '../applications/application-search.js';
import { readDeploySearch } from '../applications/deploy-search.js';
import { readAuditSearch } from '../audit/filter.js';
import { readNoticesSearch } from '../notifications/notices-search.js';
import { readCostSearch } from '../costs/cost-search.js';
import { readZoneSearch } from '../dns/zone-search.js';
import { toProblem } from '../lib/problem.js';
import { readAt } from '../past/past-time.js';
import { readRecordingSearch } from '../recordings/recording-link.js';
import { readServerSearch } from '../server/server-search.js';
import { readListSearch } from '../servers/list-search.js';
import { LoginPage } from '../session/login-page.js';
import type { Session } from '../session/session.js';
import { readSettingsSearch, sectionOfTab } from '../settings/settings-search.js';
import { readTerminalSearch } from '../terminals/terminal-search.js';
import { t } from '../texts/text.js';
import { buttonClass } from '../ui/button.js';
import { EmptyState, PageBody } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { readWizardSearch } from '../wizard/draft.js';
import { Page } from './page.js';
import { Shell } from './shell.js';

const NotFound = (): ReactNode => (
  <EmptyState icon={<Compass />} title={t('There is no such page')} action={<Link to="/" className={buttonClass('primary')}>{t('Go to the dashboard')}</Link>}>
    {t('The address may be mistyped, or what it showed was removed.')}
  </EmptyState>
);

const Failed = ({ error }: { readonly error: unknown }): ReactNode => (
  <PageBody narrow><ProblemNote problem={toProblem(error)} /><button type="button" className={`${buttonClass()} mt-4`} onClick={() => location.reload()}>{t('Load the page again')}</button></PageBody>
);

const root = createRootRouteWithContext<{ session: Session }>()({ component: Outlet, notFoundComponent: () => <main className="pt-24"><NotFound /></main>, errorComponent: Failed });

/** Only a path of our own: a full address here would make the log-in page a way out to another site. */
const ownPath = (value: unknown): string | undefined => (typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined);

/** What a provider sent the browser back with. */
const readError = ({ error }: Record<string, unknown>): { error?: string } => (typeof error === 'string' && /^[A-Z][A-Z_]*(?:\.[A-Z_]+)?$/.test(error) ? { error } : {});
const readEntry = (search: Record<string, unknown>): { next?: string; tenant?: string; error?: string } => {
  const next = ownPath(search['next']);
  const tenant = search['tenant'];
  return { ...(next ? { next } : {}), ...(typeof tenant === 'string' && isTenantSlug(tenant) ? { tenant } : {}), ...readError(search) };
};
const unlessSignedIn = ({ context, search }: { readonly context: { readonly session: Session }; readonly search: { readonly next?: string } }): void => {
  if (context.session.get().status === 'signed_in') throw redirect({ to: search.next ?? '/', replace: true });
};
const login = createRoute({ getParentRoute: () => root, path: '/login', component: LoginPage, validateSearch: readEntry, beforeLoad: unlessSignedIn });
const loginCloudflare = createRoute({ getParentRoute: () => root, path: '/login/cloudflare', component: lazyRouteComponent(() => import('../session/cloudflare-page.js'), 'CloudflarePage'), validateSearch: readEntry, beforeLoad: unlessSignedIn });
const invitation = createRoute({ getParentRoute: () => root, path: '/invitation', component: lazyRouteComponent(() => import('../session/invitation-page.js'), 'InvitationPage') });
const reset = createRoute({ getParentRoute: () => root, path: '/reset', component: lazyRouteComponent(() => import('../session/reset-page.js'), 'ResetPage') });
const forgotten = createRoute({ getParentRoute: () => root, path: '/forgotten', component: lazyRouteComponent(() => import('../tenancy/forgotten-page.js'), 'ForgottenPage') });
const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: lazyRouteComponent(() => import('../session/setup-page.js'), 'SetupPage') });

const shell = createRoute({
  getParentRoute: () => root, id: 'shell', component: Shell,
  // The moment that is looked at goes along from page to page.
  validateSearch: readAt, search: { middlewares: [retainSearchParams(['at'])] },
  beforeLoad: ({ context, location }) => {
    if (context.session.get().status !== 'signed_in') throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { next: location.href }, replace: true });
  },
});
const under = <P extends string>(path: P) => ({ getParentRoute: () => shell, path }) as const;

const dashboard = createRoute({
  // Comes while the connection is made: its tiles are no part of the log-in page and of the others.
  ...under('/'), component: lazyRouteComponent(() => import('../dashboard/dashboard-page.js'), 'DashboardPage'),
  // The installation has organisations to show, and nothing else.
  beforeLoad: ({ context }) => { const state = context.session.get(); if (state.status === 'signed_in' && state.identity.tenant.id === INSTALLATION) throw redirect({ to: '/organisations', replace: true }); },
});
const topology = createRoute({ ...under('/topology'), component: lazyRouteComponent(() => import('../topology/topology-page.js'), 'TopologyPage') });
const servers = createRoute({ ...under('/servers'), component: lazyRouteComponent(() => import('../servers/servers-page.js'), 'ServersPage'), validateSearch: readListSearch });
const newServer = createRoute({ ...under('/servers/new'), component: lazyRouteComponent(() => import('../wizard/wizard-page.js'), 'WizardPage'), validateSearch: readWizardSearch });
const adopt = createRoute({ ...under('/servers/adopt'), component: lazyRouteComponent(() => import('../servers/adopt-page.js'), 'AdoptPage') });
const server = createRoute({
  ...under('/servers/$id'), component: lazyRouteComponent(() => import('../server/server-page.js'), 'ServerPage'),
  validateSearch: readServerSearch,
});
const applications = createRoute({ ...under('/applications'), component: lazyRouteComponent(() => import('../applications/applications-page.js'), 'ApplicationsPage') });
const deploy = createRoute({ ...under('/applications/new'), component: lazyRouteComponent(() => import('../applications/deploy-page.js'), 'DeployPage'), validateSearch: readDeploySearch });
const application = createRoute({ ...under('/applications/$id'), component: lazyRouteComponent(() => import('../applications/application-page.js'), 'ApplicationPage'), validateSearch: readApplicationSearch });
const catalog = createRoute({ ...under('/catalog'), component: lazyRouteComponent(() => import('../applications/catalog-page.js'), 'CatalogPage') });
const domains = createRoute({ ...under('/domains'), component: lazyRouteComponent(() => import('../dns/domains-page.js'), 'DomainsPage') });
const zone = createRoute({ ...under('/domains/$id'), component: lazyRouteComponent(() => import('../dns/zone-page.js'), 'ZonePage'), validateSearch: readZoneSearch });
const terminals = createRoute({ ...under('/terminals'), component: lazyRouteComponent(() => import('../terminals/terminals-page.js'), 'TerminalsPage'), validateSearch: readTerminalSearch });
// One page for all of them: going from one terminal to another must not take the others down.
const terminalList = createRoute({ getParentRoute: () => terminals, path: '/' });
const terminal = createRoute({ getParentRoute: () => terminals, path: '$id' });
const recordings = createRoute({ ...under('/recordings'), component: lazyRouteComponent(() => import('../recordings/recordings-page.js'), 'RecordingsPage') });
const recording = createRoute({ ...under('/recordings/$id'), component: lazyRouteComponent(() => import('../recordings/recording-page.js'), 'RecordingPage'), validateSearch: readRecordingSearch });
const alerts = createRoute({ ...under('/alerts'), component: lazyRouteComponent(() => import('../alerts/alerts-page.js'), 'AlertsPage') });
const providers = createRoute({ ...under('/providers'), component: lazyRouteComponent(() => import('../providers/providers-page.js'), 'ProvidersPage') });
const costs = createRoute({ ...under('/costs'), component: lazyRouteComponent(() => import('../costs/costs-page.js'), 'CostsPage'), validateSearch: readCostSearch });
const drift = createRoute({ ...under('/drift'), component: lazyRouteComponent(() => import('../drift/drift-page.js'), 'DriftPage') });
const sshKeys = createRoute({ ...under('/ssh-keys'), component: lazyRouteComponent(() => import('../keys/ssh-keys-page.js'), 'SshKeysPage') });
const members = createRoute({ ...under('/members'), component: lazyRouteComponent(() => import('../members/members-page.js'), 'MembersPage') });
const credentials = createRoute({ ...under('/credentials'), component: lazyRouteComponent(() => import('../members/credentials-page.js'), 'CredentialsPage') });
const member = createRoute({ ...under('/members/$id'), component: lazyRouteComponent(() => import('../members/member-page.js'), 'MemberPage') });
const roles = createRoute({ ...under('/roles'), component: lazyRouteComponent(() => import('../roles/roles-page.js'), 'RolesPage') });
const newRole = createRoute({ ...under('/roles/new'), component: lazyRouteComponent(() => import('../roles/role-page.js'), 'NewRolePage') });
const role = createRoute({ ...under('/roles/$name'), component: lazyRouteComponent(() => import('../roles/role-page.js'), 'RolePage') });
const apiKeys = createRoute({ ...under('/api-keys'), component: lazyRouteComponent(() => import('../security/api-keys-page.js'), 'ApiKeysPage') });
const secrets = createRoute({ ...under('/secrets'), component: lazyRouteComponent(() => import('../security/secrets-page.js'), 'SecretsPage') });
// Older links: what happened to people, rights, keys and secrets is a part of the audit.
const security = createRoute({ ...under('/security'), validateSearch: readAuditSearch, beforeLoad: ({ search }) => { throw redirect({ to: '/audit', search: { ...search, service: 'auth' }, replace: true }); } });
// Older links name a part with `?tab=`.
const audit = createRoute({ ...under('/audit'), component: lazyRouteComponent(() => import('../audit/audit-page.js'), 'AuditPage'), validateSearch: readAuditSearch });
const notifications = createRoute({ ...under('/notifications'), component: lazyRouteComponent(() => import('../notifications/notices-page.js'), 'NoticesPage'), validateSearch: readNoticesSearch });
const channels = createRoute({ ...under('/settings/notifications'), component: lazyRouteComponent(() => import('../notifications/channels-page.js'), 'ChannelsPage') });
const settings = createRoute({ ...under('/settings'), validateSearch: readSettingsSearch, beforeLoad: ({ search }) => { throw redirect({ to: sectionOfTab(search.tab), replace: true }); } });
const organisationSettings = createRoute({ ...under('/settings/organisation'), component: lazyRouteComponent(() => import('../settings/organisation-page.js'), 'OrganisationPage') });
const signOnSettings = createRoute({ ...under('/settings/sign-on'), component: lazyRouteComponent(() => import('../settings/sign-on-page.js'), 'SignOnPage') });
const cloudflareSettings = createRoute({ ...under('/settings/cloudflare'), component: lazyRouteComponent(() => import('../settings/cloudflare-page.js'), 'CloudflarePage') });
const appearance = createRoute({ ...under('/settings/appearance'), component: lazyRouteComponent(() => import('../settings/appearance-page.js'), 'AppearancePage') });
const languageSettings = createRoute({ ...under('/settings/language'), component: lazyRouteComponent(() => import('../settings/language-page.js'), 'LanguagePage') });
const danger = createRoute({ ...under('/settings/danger'), component: lazyRouteComponent(() => import('../settings/danger-page.js'), 'DangerPage') });
const organisations = createRoute({ ...under('/organisations'), component: lazyRouteComponent(() => import('../tenancy/organisations-page.js'), 'OrganisationsPage') });
const profile = createRoute({ ...under('/profile'), component: lazyRouteComponent(() => import('../account/profile-page.js'), 'ProfilePage'), validateSearch: readError });
const sessions = createRoute({ ...under('/sessions'), component: lazyRouteComponent(() => import('../account/sessions-page.js'), 'SessionsPage') });
const status = createRoute({ ...under('/status'), component: lazyRouteComponent(() => import('../status/status-page.js'), 'StatusPage') });
const about = createRoute({ ...under('/about'), component: lazyRouteComponent(() => import('../status/about-page.js'), 'AboutPage') });
const missing = createRoute({ ...under('$'), component: () => <Page title={t('Not found')}><NotFound /></Page> });

const tree = root.addChildren([login, loginCloudflare, invitation, reset, forgotten, setup, shell.addChildren([
  dashboard, topology, servers, newServer, adopt, server, applications, deploy, application, catalog, terminals.addChildren([terminalList, terminal]), recordings, recording, domains, zone, alerts, costs, drift, providers, sshKeys, members, member, roles, newRole, role, apiKeys, credentials, secrets, security, audit, notifications, channels, settings, organisationSettings, signOnSettings, cloudflareSettings, appearance, languageSettings, danger, organisations, profile, sessions, status, about, missing,
])]);

export const makeRouter = (session: Session) => createRouter({ routeTree: tree, context: { session }, defaultPreload: 'intent', scrollRestoration: true, defaultErrorComponent: Failed });

declare module '@tanstack/react-router' {
  interface Register { router: ReturnType<typeof makeRouter> }
}
