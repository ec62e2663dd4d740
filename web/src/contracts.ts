/**
 * The contracts that the console uses, as names and types only: the zod schemas behind them stay out of the bundle (24 kB gzip).
 * `contracts.unit.spec.ts` holds each row against proto, so that they can't drift apart.
 */
import type { CommandContract, DataOf, OutputOf, QueryContract } from '@xanthus/proto';
import type * as auth from '@xanthus/proto/auth';
import type * as vps from '@xanthus/proto/vps';

type Row<C extends CommandContract | QueryContract> = Omit<C, 'kind' | 'input' | 'output' | 'summary' | 'errors' | 'example'>;
const command = <C extends CommandContract>(row: Row<C>): C => ({ kind: 'command', ...row }) as unknown as C;
const query = <C extends QueryContract>(row: Row<C>): C => ({ kind: 'query', ...row }) as unknown as C;

const server = { service: 'vps', aggregate: 'server' } as const;
const sshKey = { service: 'vps', aggregate: 'ssh-key' } as const;
const member = { service: 'auth', aggregate: 'member' } as const;
const credential = { service: 'auth', aggregate: 'credential' } as const;
const person = { service: 'auth', aggregate: 'person' } as const;
const session = { service: 'auth', aggregate: 'session' } as const;
const provider = { service: 'auth', aggregate: 'oidc-provider' } as const;
const invitation = { service: 'auth', aggregate: 'invitation' } as const;
const role = { service: 'auth', aggregate: 'role' } as const;
const tenant = { service: 'auth', aggregate: 'tenant' } as const;
const secret = { service: 'auth', aggregate: 'secret' } as const;
const cloudflare = { service: 'auth', aggregate: 'cloudflare-account' } as const;
const apiKey = { service: 'auth', aggregate: 'api-key' } as const;

export const testConnection = command<typeof vps.testConnection>({ ...server, verb: 'test-connection', on: 'new', deadline: 30_000 });
export const adoptServer = command<typeof vps.adoptServer>({ ...server, verb: 'adopt', on: 'new', deadline: 30_000 });
export const adoptSandbox = command<typeof vps.adoptSandbox>({ ...server, verb: 'adopt-sandbox', on: 'new', deadline: 30_000 });
export const acceptHostKey = command<typeof vps.acceptHostKey>({ ...server, verb: 'accept-host-key', on: 'id', deadline: 5_000 });
export const renameServer = command<typeof vps.renameServer>({ ...server, verb: 'rename', on: 'id', deadline: 5_000 });
export const deleteServer = command<typeof vps.deleteServer>({ ...server, verb: 'delete', on: 'id', deadline: 5_000 });
export const generateSshKey = command<typeof vps.generateSshKey>({ ...sshKey, verb: 'generate', on: 'new', deadline: 5_000 });
export const importSshKey = command<typeof vps.importSshKey>({ ...sshKey, verb: 'import', on: 'new', deadline: 5_000 });
export const removeSshKey = command<typeof vps.removeSshKey>({ ...sshKey, verb: 'remove', on: 'id', deadline: 5_000 });
export const sandboxInfo = query<typeof vps.sandboxInfo>({ service: 'vps', question: 'sandbox', on: 'all', deadline: 5_000 });

export const addMember = command<typeof auth.addMember>({ ...member, verb: 'add', on: 'new', deadline: 10_000 });
export const assignRole = command<typeof auth.assignRole>({ ...member, verb: 'assign', on: 'id', deadline: 5_000 });
export const removeMember = command<typeof auth.removeMember>({ ...member, verb: 'remove', on: 'id', deadline: 5_000 });
export const leaveTenant = command<typeof auth.leaveTenant>({ ...member, verb: 'leave', on: 'id', deadline: 5_000 });
export const inviteMember = command<typeof auth.inviteMember>({ ...invitation, verb: 'create', on: 'new', deadline: 5_000 });
export const resendInvitation = command<typeof auth.resendInvitation>({ ...invitation, verb: 'resend', on: 'id', deadline: 5_000 });
export const revokeInvitation = command<typeof auth.revokeInvitation>({ ...invitation, verb: 'revoke', on: 'id', deadline: 5_000 });
export const joinTenant = command<typeof auth.joinTenant>({ ...invitation, verb: 'join', on: 'new', deadline: 5_000 });
export const invitationNames = query<typeof auth.invitationNames>({ service: 'auth', question: 'invitation-names', on: 'all', deadline: 5_000 });
export const defineRole = command<typeof auth.defineRole>({ ...role, verb: 'define', on: 'id', deadline: 10_000 });
export const removeRole = command<typeof auth.removeRole>({ ...role, verb: 'remove', on: 'id', deadline: 5_000 });
export const createTenant = command<typeof auth.createTenant>({ ...tenant, verb: 'create', on: 'new', deadline: 10_000 });
export const inviteOwner = command<typeof auth.inviteOwner>({ ...tenant, verb: 'invite-owner', on: 'id', deadline: 5_000 });
export const renameTenant = command<typeof auth.renameTenant>({ ...tenant, verb: 'rename', on: 'id', deadline: 5_000 });
export const myTenants = query<typeof auth.myTenants>({ service: 'auth', question: 'my-tenants', on: 'all', deadline: 5_000 });
export const createCredential = command<typeof auth.createCredential>({ ...credential, verb: 'create', on: 'new', deadline: 15_000 });
export const revokeCredential = command<typeof auth.revokeCredential>({ ...credential, verb: 'revoke', on: 'id', deadline: 15_000 });
export const revokeSession = command<typeof auth.revokeSession>({ ...session, verb: 'revoke', on: 'id', deadline: 5_000 });
export const revokeAllSessions = command<typeof auth.revokeAllSessions>({ ...session, verb: 'revoke-all', on: 'new', deadline: 5_000 });
export const proveSession = command<typeof auth.proveSession>({ ...session, verb: 'prove', on: 'id', deadline: 10_000 });
export const sessionAddresses = query<typeof auth.sessionAddresses>({ service: 'auth', question: 'session-addresses', on: 'all', deadline: 5_000 });
export const changePassword = command<typeof auth.changePassword>({ ...person, verb: 'change-password', on: 'id', deadline: 10_000 });
export const renamePerson = command<typeof auth.renamePerson>({ ...person, verb: 'rename', on: 'id', deadline: 5_000 });
export const issueResetLink = command<typeof auth.issueResetLink>({ ...person, verb: 'issue-reset-link', on: 'id', deadline: 5_000 });
export const startTotp = command<typeof auth.startTotp>({ ...person, verb: 'start-totp', on: 'id', deadline: 5_000 });
export const confirmTotp = command<typeof auth.confirmTotp>({ ...person, verb: 'confirm-totp', on: 'id', deadline: 5_000 });
export const disableTotp = command<typeof auth.disableTotp>({ ...person, verb: 'disable-totp', on: 'id', deadline: 5_000 });
export const renewRecoveryCodes = command<typeof auth.renewRecoveryCodes>({ ...person, verb: 'renew-recovery-codes', on: 'id', deadline: 5_000 });
export const unlinkIdentity = command<typeof auth.unlinkIdentity>({ service: 'auth', aggregate: 'identity', verb: 'unlink', on: 'id', deadline: 5_000 });
export const defineOidcProvider = command<typeof auth.defineOidcProvider>({ ...provider, verb: 'define', on: 'id', deadline: 10_000 });
export const removeOidcProvider = command<typeof auth.removeOidcProvider>({ ...provider, verb: 'remove', on: 'id', deadline: 10_000 });
export const testOidcProvider = query<typeof auth.testOidcProvider>({ service: 'auth', question: 'oidc-test', on: 'all', deadline: 20_000 });
export const createApiKey = command<typeof auth.createApiKey>({ ...apiKey, verb: 'create', on: 'new', deadline: 5_000 });
export const revokeApiKey = command<typeof auth.revokeApiKey>({ ...apiKey, verb: 'revoke', on: 'id', deadline: 5_000 });
export const putSecret = command<typeof auth.putSecret>({ ...secret, verb: 'put', on: 'new', deadline: 5_000 });
export const rotateSecret = command<typeof auth.rotateSecret>({ ...secret, verb: 'rotate', on: 'id', deadline: 5_000 });
export const removeSecret = command<typeof auth.removeSecret>({ ...secret, verb: 'remove', on: 'id', deadline: 5_000 });
export const rotateDataKeys = command<typeof auth.rotateDataKeys>({ service: 'auth', aggregate: 'key-ring', verb: 'rotate', on: 'id', deadline: 20_000 });
export const keyRings = query<typeof auth.keyRings>({ service: 'auth', question: 'key-rings', on: 'all', deadline: 5_000 });
export const forgetTenant = command<typeof auth.forgetTenant>({ ...tenant, verb: 'forget', on: 'id', deadline: 30_000 });
export const exportTenant = command<typeof auth.exportTenant>({ ...tenant, verb: 'export', on: 'id', deadline: 10_000 });
export const linkCloudflare = command<typeof auth.linkCloudflare>({ ...cloudflare, verb: 'link', on: 'new', deadline: 30_000 });
export const configureCloudflare = command<typeof auth.configureCloudflare>({ ...cloudflare, verb: 'configure', on: 'id', deadline: 5_000 });
export const checkCloudflare = command<typeof auth.checkCloudflare>({ ...cloudflare, verb: 'check', on: 'id', deadline: 20_000 });
export const unlinkCloudflare = command<typeof auth.unlinkCloudflare>({ ...cloudflare, verb: 'unlink', on: 'id', deadline: 5_000 });
export const previewCloudflareImport = query<typeof auth.previewCloudflareImport>({ service: 'auth', question: 'cloudflare-import', on: 'id', deadline: 30_000 });
export const importFromCloudflare = command<typeof auth.importFromCloudflare>({ ...cloudflare, verb: 'import', on: 'id', deadline: 30_000 });
export const linkCloudflareIdentity = command<typeof auth.linkCloudflareIdentity>({ service: 'auth', aggregate: 'identity', verb: 'link-cloudflare', on: 'new', deadline: 30_000 });
export const cloudflareTokenHelp = query<typeof auth.cloudflareTokenHelp>({ service: 'auth', question: 'cloudflare-token-help', on: 'all', deadline: 5_000 });
export const explain = query<typeof auth.explain>({ service: 'auth', question: 'explain', on: 'id', deadline: 5_000 });
export const memberNames = query<typeof auth.memberNames>({ service: 'auth', question: 'member-names', on: 'all', deadline: 5_000 });

export type Server = DataOf<typeof vps.serverView>;
export type Metrics = DataOf<typeof vps.metricsView>;
export type SshKey = DataOf<typeof vps.sshKeyView>;
export type Member = DataOf<typeof auth.memberView>;
export type Role = DataOf<typeof auth.roleView>;
export type SessionRow = DataOf<typeof auth.sessionView>;
export type Credential = DataOf<typeof auth.credentialView>;
export type Invitation = DataOf<typeof auth.invitationView>;
export type Grant = Role['grants'][number];
export type Explanation = OutputOf<typeof auth.explain>;
export type Tenancy = OutputOf<typeof auth.myTenants>['tenants'][number];
export type DirectoryEntry = DataOf<typeof auth.directoryView>;
export type Profile = DataOf<typeof auth.profileView>;
export type Identity = DataOf<typeof auth.identityView>;
export type OidcProvider = DataOf<typeof auth.oidcProviderView>;
export type OidcTest = OutputOf<typeof auth.testOidcProvider>;
export type Secret = DataOf<typeof auth.secretView>;
export type CloudflareAccount = DataOf<typeof auth.cloudflareAccountView>;
export type ProviderBudget = DataOf<typeof auth.providerBudgetView>;
export type ImportPreview = OutputOf<typeof auth.previewCloudflareImport>;
export type CloudflareStep = ReturnType<typeof auth.cloudflareStep.parse>;
export type CloudflareFeature = ReturnType<typeof auth.cloudflareFeature.parse>;
export type ApiKey = DataOf<typeof auth.apiKeyView>;
export type TestStage = ReturnType<typeof vps.testStage.parse>;

/** As in proto; a list of words is not worth a schema library. */
export const CLOUDFLARE_STEPS = ['token', 'permissions', 'account', 'storage', 'certificate-request'] as const;
export const OIDC_TEST_STAGES = ['address', 'discovery', 'issuer', 'keys', 'features', 'client'] as const;
export const TEST_STAGES = ['resolve', 'connect', 'host_key', 'auth', 'sudo', 'os', 'k3s', 'helm'] as const;
