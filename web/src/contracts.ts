/**
 * The contracts that the console uses, as names and types only: the zod schemas behind them stay out of the bundle (24 kB gzip).
 * `contracts.unit.spec.ts` holds each row against proto, so that they can't drift apart.
 */
import type { CommandContract, DataOf, QueryContract } from '@xanthus/proto';
import type * as auth from '@xanthus/proto/auth';
import type * as vps from '@xanthus/proto/vps';

type Row<C extends CommandContract | QueryContract> = Omit<C, 'kind' | 'input' | 'output' | 'summary' | 'errors' | 'example'>;
const command = <C extends CommandContract>(row: Row<C>): C => ({ kind: 'command', ...row }) as unknown as C;
const query = <C extends QueryContract>(row: Row<C>): C => ({ kind: 'query', ...row }) as unknown as C;

const server = { service: 'vps', aggregate: 'server' } as const;
const sshKey = { service: 'vps', aggregate: 'ssh-key' } as const;
const member = { service: 'auth', aggregate: 'member' } as const;
const credential = { service: 'auth', aggregate: 'credential' } as const;

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
export const createCredential = command<typeof auth.createCredential>({ ...credential, verb: 'create', on: 'new', deadline: 15_000 });
export const revokeCredential = command<typeof auth.revokeCredential>({ ...credential, verb: 'revoke', on: 'id', deadline: 15_000 });
export const revokeSession = command<typeof auth.revokeSession>({ service: 'auth', aggregate: 'session', verb: 'revoke', on: 'id', deadline: 5_000 });
export const memberNames = query<typeof auth.memberNames>({ service: 'auth', question: 'member-names', on: 'all', deadline: 5_000 });

export type Server = DataOf<typeof vps.serverView>;
export type Metrics = DataOf<typeof vps.metricsView>;
export type SshKey = DataOf<typeof vps.sshKeyView>;
export type Member = DataOf<typeof auth.memberView>;
export type Role = DataOf<typeof auth.roleView>;
export type SessionRow = DataOf<typeof auth.sessionView>;
export type Credential = DataOf<typeof auth.credentialView>;
export type TestStage = ReturnType<typeof vps.testStage.parse>;

/** As in proto; a list of words is not worth a schema library. */
export const TEST_STAGES = ['resolve', 'connect', 'host_key', 'auth', 'sudo', 'os', 'k3s', 'helm'] as const;
