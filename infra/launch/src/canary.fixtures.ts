/** Where a secret could be found that should be nowhere: what the specs of secrets search, and how. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inboxPrefixOf, operatorFiles } from '@xanthus/deploy';
import { bucketStream, connectNats, follow, slotBucket, stateBucket } from '@xanthus/jetstream';
import { SERVICES, streamName, type CommandContract, type QueryContract } from '@xanthus/proto';

export const canary = (what: string): string => `canary-${what.replaceAll(/[^a-z]/g, '')}-${randomBytes(15).toString('hex')}`;

/** A secret as it could lie somewhere: itself, hex, base64 (wherever it begins), JSON in JSON. */
const formsOf = (secret: string): Buffer[] => {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map(shift => Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').slice(shift === 0 ? 0 : 4, -4));
  return [secret, bytes.toString('hex'), ...base64, ...base64.map(b => b.replaceAll('+', '-').replaceAll('/', '_')), JSON.stringify(secret).slice(1, -1)].filter(form => form.length >= 8).map(form => Buffer.from(form));
};

export class Needles {
  private readonly all = new Map<string, readonly Buffer[]>();

  add(name: string, secret: string): string {
    for (const line of secret.split('\n').filter(l => l.length >= 12)) this.all.set(`${name}: ${line.slice(0, 12)}…`, formsOf(line));
    return secret;
  }

  /** Names of what the haystack shows. */
  in(haystack: Uint8Array | string): string[] {
    const bytes = Buffer.from(haystack);
    return [...this.all].filter(([, forms]) => forms.some(form => bytes.includes(form))).map(([name]) => name);
  }

  get size(): number { return this.all.size; }
}

/** Names of fields that hold a secret, in any contract. */
const SECRET_FIELD = /^(token|password|password_hash|current|new|code|private_key|passphrase|client_secret|logout_token|refresh_token|earlier_token|value|query)$/;

type Schema = { readonly properties?: Readonly<Record<string, Schema>>; readonly anyOf?: readonly Schema[]; readonly oneOf?: readonly Schema[] };

const pathsOf = (schema: Schema, at: readonly string[] = []): string[][] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [...(SECRET_FIELD.test(name) ? [[...at, name]] : []), ...pathsOf(inner, [...at, name])]),
  ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(inner => pathsOf(inner, at)),
];

const put = (value: unknown, [first, ...rest]: readonly string[], secret: string): unknown =>
  first === undefined ? secret : { ...(typeof value === 'object' && value !== null && (rest.length > 0 || !('password' in value)) ? value : {}), [first]: put((value as Record<string, unknown> | undefined)?.[first], rest, secret) };

export interface SecretInput { readonly contract: CommandContract | QueryContract; readonly path: string; input(secret: string): unknown }

/** Every secret field of every command and question that exists: its example, with a secret in that field. */
export const secretInputs = (): SecretInput[] => Object.values(SERVICES).flatMap(({ commands, queries }) =>
  [...Object.values(commands), ...Object.values(queries)].flatMap((contract: CommandContract | QueryContract) => {
    const paths = new Map(pathsOf(contract.input.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as Schema).map(path => [path.join('.'), path]));
    return [...paths].map(([name, path]) => ({ contract, path: `${contract.kind === 'command' ? `${contract.aggregate}.${contract.verb}` : contract.question} ${name}`, input: (secret: string) => put(contract.example, path, secret) }));
  }));

/** What every process of a tree was started with, and the file that says it. */
export const processesOf = async (root: number): Promise<{ readonly file: string; readonly text: Buffer }[]> => {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const below = (pid: number): boolean => pid === root || (parents.has(pid) && pid > 1 && below(parents.get(pid) ?? 0));
  const found = [...parents.keys()].filter(below).flatMap(pid => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
  return (await Promise.all(found.map(async file => ({ file, text: await readFile(file).catch(() => Buffer.alloc(0)) })))).filter(f => f.text.length > 0);
};

export const filesUnder = async (folder: string): Promise<{ readonly file: string; readonly text: Buffer }[]> => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(f => f.isFile()).map(f => join(f.parentPath, f.name));
  return Promise.all(files.map(async file => ({ file, text: await readFile(file).catch(() => Buffer.alloc(0)) })));
};

/** Every message of every stream and view, as NATS gives it: the files of some are compressed. */
export const messagesOf = async (dataDir: string, natsUrl: string): Promise<string[]> => {
  const texts: string[] = [];
  for (const service of Object.keys(SERVICES) as (keyof typeof SERVICES)[]) {
    const nc = await connectNats({ servers: natsUrl, name: 'spec', inboxPrefix: inboxPrefixOf(service), credentials: await readFile(operatorFiles(dataDir).creds(service), 'utf8') });
    const streams = [streamName(service), bucketStream(slotBucket(service, 'a')), bucketStream(slotBucket(service, 'b')), bucketStream(stateBucket(service).name), ...(service === 'auth' ? [bucketStream('data-keys')] : [])];
    for (const stream of streams) {
      await new Promise<void>((resolve, reject) => {
        const following = follow(nc, {
          stream, filters: ['>'], from: 1, onError: reject,
          onMessage: message => void texts.push(`${message.subject} ${JSON.stringify([...(message.headers ?? [])])} ${message.string()}`),
          onCaughtUp: () => void following.then(f => f.stop()).then(resolve, reject),
        });
        following.catch(reject);
      });
    }
    await nc.close();
  }
  return texts;
};

export interface Collector { readonly url: string; bodies(): Buffer; stop(): Promise<void> }

/** Takes traces as an OTLP endpoint does, and keeps them. */
export const startCollector = async (): Promise<Collector> => {
  const chunks: Buffer[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies: () => Buffer.concat(chunks),
    stop: () => new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};
