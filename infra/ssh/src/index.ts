export { connectSsh, DEFAULT_TIMEOUTS, type ConnectOptions, type Jump, type SecretAuth, type SshAuth, type SshTarget, type SshTimeouts, type StageReport } from './connect.js';
export type { ExecOptions, ExecResult, FollowOptions, SshConnection } from './session.js';
export { createSshPool, type SshPool } from './pool.js';
export { presentedHostKey, SshError, type SshErrorCode, type SshStage } from './ssh-error.js';
export { describeHostKey, fingerprintOf, type HostKeyPolicy, type HostKeyVerifier } from './host-key.js';
export { generateKeyPair, parsePublicKey, publicKeyOf, readPrivateKey, signWithKey, type SshKeyPair, type SshPublicKey } from './key-pair.js';
export { quoteArgv } from './argv.js';
export type { SshAgent } from './agent.js';
export { readAuthRequest, type AuthRequest } from './auth-request.js';
