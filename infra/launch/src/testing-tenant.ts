import { readFile } from 'node:fs/promises';
import { inboxPrefixOf, operatorFiles } from '@xanthus/deploy';
import { connectNats, JetStreamEventStore } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { spawnLauncher } from './testing-platform.js';

interface Running { readonly dataDir: string; readonly natsUrl: string }

/** A second tenant, written as auth writes it when an operator of the installation makes one; nobody belongs to it. */
export async function makeTenant(platform: Running, slug: string): Promise<void> {
  const nc = await connectNats({ servers: platform.natsUrl, name: 'spec', inboxPrefix: inboxPrefixOf('auth'), credentials: await readFile(operatorFiles(platform.dataDir).creds('auth'), 'utf8') });
  const ref = { tenant: 'xanthus', service: 'auth', aggregate: 'tenant', id: slug };
  const context = { tenant: 'xanthus', id: slug, actor: { kind: 'system' as const, id: 'spec' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() };
  await new JetStreamEventStore(nc, 'auth').append(ref, [{ event: { type: 'TenantCreated', data: { name: slug } }, schema: 1 }], 0, context);
  await nc.close();
}

export interface TestCredential {
  /** Text of the .creds file. */
  readonly creds: string;
  /** Of the first stream that it follows. */
  readonly consumer: string;
  /** The id that stands in events. */
  readonly id: string;
}

/** `npm start -- credentials <tenant> <name> …` */
export async function makeCredential(platform: Running, tenant: string, name: string, ...more: string[]): Promise<TestCredential> {
  const cli = spawnLauncher(['credentials', tenant, name, '--data', platform.dataDir, ...more]);
  if (await cli.ended !== 0) throw new Error(cli.output());
  const consumer = /by the consumer (\S+) with the API prefix XAN\.API/.exec(cli.output())?.[1] ?? '';
  return { creds: /-----BEGIN NATS USER JWT-----[\s\S]+/.exec(cli.output())?.[0] ?? '', consumer, id: consumer.split('_')[1] ?? '' };
}
