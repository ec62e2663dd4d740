import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { connectNats } from '@xanthus/jetstream';
import { ask, IdentitySigner } from '@xanthus/nest';
import type { ServiceKey } from '@xanthus/nest';
import { inboxPrefixOf, operatorFiles } from '@xanthus/deploy';
import { completeSetup, createCredential, issueResetLink, issueSetupLink, memberNames, rotateDataKeys, rotateMasterKey, setupStatus, tenantReceipt } from '@xanthus/proto/auth';
import type { OutputOf } from '@xanthus/proto';
import { Sentence } from './sentence.js';

/** The launcher's own conversation with the service auth, under its own user, key and (few) rights. */
export interface AuthLine {
  /** Has the installation an owner? */
  setUp(): Promise<boolean>;
  setupToken(): Promise<string>;
  makeOwner(o: { email: string; password: string; tenant: string }): Promise<void>;
  createCredential(o: { tenant: string; name: string; role: string; follow: string[] }): Promise<OutputOf<typeof createCredential>>;
  /** Of a link with which a member sets a new password. */
  resetToken(o: { tenant: string; email: string; second_factor_too: boolean }): Promise<string>;
  /** Wraps every data key by the master key that comes first now. */
  rotateMasterKey(): Promise<OutputOf<typeof rotateMasterKey>>;
  rotateDataKeys(tenant: string): Promise<OutputOf<typeof rotateDataKeys>>;
  receipt(tenant: string): Promise<OutputOf<typeof tenantReceipt>>;
  close(): Promise<void>;
}

export async function callAuth(o: { data: string; natsUrl: string; natsCredentials?: string | undefined }): Promise<AuthLine> {
  const files = operatorFiles(o.data);
  const credentials = await readFile(o.natsCredentials === undefined ? files.creds('launch') : `${o.natsCredentials}/launch.creds`, 'utf8');
  const key = JSON.parse(await readFile(files.serviceKey('launch'), 'utf8')) as ServiceKey;
  const signer = new IdentitySigner({ service: 'launch', key });
  const nc = await connectNats({ servers: o.natsUrl, credentials, name: 'launch', inboxPrefix: inboxPrefixOf('launch') });
  const here = { tenant: 'xanthus', id: 'xanthus' };
  return {
    setUp: async () => (await ask(nc, signer, setupStatus, { tenant: 'xanthus', input: {} })).done,
    setupToken: async () => (await ask(nc, signer, issueSetupLink, { ...here, input: {} })).token,
    makeOwner: async ({ email, password, tenant }) => {
      const { token } = await ask(nc, signer, issueSetupLink, { ...here, input: {} });
      const name = email.split('@')[0] ?? email;
      await ask(nc, signer, completeSetup, { ...here, input: { token, email, password, name, tenant: { slug: tenant, name: tenant }, device: { address: '127.0.0.1', user_agent: `npm start on ${hostname()}` } } });
    },
    createCredential: async ({ tenant, name, role, follow }) => {
      const parsed = createCredential.input.safeParse({ name, role, follow });
      if (!parsed.success) throw new Sentence(parsed.error.issues.map(i => `${i.path.join('.')}: ${i.message}.`).join('\n'));
      return ask(nc, signer, createCredential, { tenant, input: parsed.data });
    },
    resetToken: async ({ tenant, email, second_factor_too }) => {
      const { members } = await ask(nc, signer, memberNames, { tenant, input: {} });
      const found = members.find(m => m.email.toLowerCase() === email.trim().toLowerCase());
      if (found === undefined) throw new Sentence(`${tenant} has no member with the address ${email}.`);
      return (await ask(nc, signer, issueResetLink, { tenant, id: found.person, input: { second_factor_too } })).token;
    },
    rotateMasterKey: () => ask(nc, signer, rotateMasterKey, { ...here, input: {} }),
    rotateDataKeys: tenant => ask(nc, signer, rotateDataKeys, { tenant, id: 'all', input: {} }),
    receipt: tenant => ask(nc, signer, tenantReceipt, { tenant: 'xanthus', id: tenant, input: {} }),
    close: async () => { await nc.close(); },
  };
}
