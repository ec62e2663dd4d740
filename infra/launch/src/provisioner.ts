import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats, declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { inboxPrefixOf } from '@xanthus/deploy';
import { Sentence } from './sentence.js';

/** Creates or updates every stream and bucket as declared in code. Only this user may; services merely verify. @throws Sentence */
export async function provisionAll(o: { natsUrl: string; credsDir: string; replicas: 1 | 3 }): Promise<void> {
  const credentials = await readFile(join(o.credsDir, 'provisioner.creds'), 'utf8');
  const nc = await connectNats({ servers: o.natsUrl, credentials, name: 'provisioner', inboxPrefix: inboxPrefixOf('provisioner') });
  try {
    await provision(nc, [sharedDeclarations(), declarationsOf('auth', { attempts: true }), declarationsOf('vps', { metrics: true, series: true, timers: true }), declarationsOf('dns', { metrics: true, timers: true }), declarationsOf('applications', { metrics: true, timers: true }), declarationsOf('terminals', { metrics: true, timers: true, recordings: true }), declarationsOf('audit'), declarationsOf('notifications')], { replicas: o.replicas });
  } catch (error) {
    throw new Sentence((error as Error).message);
  } finally {
    await nc.close();
  }
}
