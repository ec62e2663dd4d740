import { createHash } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { generateKeyPair } from '@xanthus/ssh';

export interface HostKey { readonly type: string; /** `SHA256:` and base64 without padding */ readonly fingerprint: string }

/** sshd as we run it: keys only, no PAM, nothing forwarded. */
export const sshdConfig = (o: { readonly hostKey: string; readonly authorizedKeys: readonly string[]; readonly more?: string; readonly first?: string }): string => `${o.first ?? ''}HostKey "${o.hostKey}"
PidFile none
AuthorizedKeysFile ${o.authorizedKeys.map(path => `"${path}"`).join(' ')}
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
UseDNS no
PrintMotd no
PrintLastLog no
PermitUserEnvironment no
AllowAgentForwarding no
AllowTcpForwarding no
X11Forwarding no
Subsystem sftp internal-sftp
${o.more ?? ''}`;

/** Makes the pair `path`, `path.pub` unless it is there. */
export const keepKeyPair = async (path: string, comment: string): Promise<void> => {
  if (await access(`${path}.pub`).then(() => true, () => false)) return;
  const pair = generateKeyPair(comment);
  await writeFile(path, pair.privateKey, { mode: 0o600 });
  await writeFile(`${path}.pub`, `${pair.publicKey}\n`, { mode: 0o600 });
};

export const readHostKey = async (path: string): Promise<HostKey> => {
  const [type = '', blob = ''] = (await readFile(`${path}.pub`, 'utf8')).trim().split(/\s+/);
  return { type, fingerprint: `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}` };
};
