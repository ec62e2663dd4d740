import type { NatsConnection } from '@nats-io/transport-node';
import { newId } from '@xanthus/kernel';
import { bucketStream, type BucketDeclaration, type Declarations, type StreamDeclaration } from './declarations.js';
import { api, isNotFound, JetStreamProblem } from './wire.js';

/** Message schedules by cron, commits without a message, and the security fixes of 2.14.3. */
const OLDEST_SERVER = [2, 14, 3] as const;
const EPOCH = 'xanthus_epoch';
const SECOND = 1_000_000_000;

/** The part of a stream's configuration that we declare. */
interface Config {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly [field: string]: unknown;
}
interface Info { readonly created: string; readonly config: Config & { readonly metadata?: Record<string, string> } }

const streamConfig = (d: StreamDeclaration): Config => ({
  name: d.name, description: d.description, subjects: d.subjects, storage: 'file', retention: d.retention ?? 'limits', discard: d.refuses ? 'new' : 'old',
  compression: d.compressed ? 's2' : 'none', max_age: (d.maxAge ?? 0) * SECOND, max_bytes: d.maxBytes ?? -1, max_msgs_per_subject: d.maxPerSubject ?? -1,
  allow_direct: true, allow_atomic: d.atomic ?? false, allow_msg_ttl: d.ttl ?? false, deny_delete: d.immutable ?? false, deny_purge: d.immutable ?? false,
  ...(d.schedules ? { allow_msg_schedules: true, allow_rollup_hdrs: true } : {}),
});

const bucketConfig = (d: BucketDeclaration): Config => ({
  name: bucketStream(d.name), description: d.description, subjects: [`$KV.${d.name}.>`], storage: 'file', retention: 'limits', discard: d.maxBytes ? 'old' : 'new', compression: 'none', max_msgs_per_subject: d.history ?? 1,
  max_age: (d.maxAge ?? 0) * SECOND, max_bytes: d.maxBytes ?? -1,
  max_msg_size: d.maxValue ?? -1, allow_direct: true, allow_atomic: true, allow_msg_ttl: true, allow_rollup_hdrs: true, deny_delete: !d.erasable,
});

const configsOf = (declarations: readonly Declarations[]): Config[] =>
  declarations.flatMap(({ streams, buckets }) => [...streams.map(streamConfig), ...buckets.map(bucketConfig)]);

const infoOf = async (nc: NatsConnection, name: string): Promise<Info | undefined> => {
  try {
    return await api<Info>(nc, `STREAM.INFO.${name}`);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

/**
 * Makes what is missing and updates what differs. Only the launcher's provisioner has the rights; running it again changes nothing.
 * `restored`: the store was copied back from elsewhere, so every stream and bucket gets a new epoch and no watcher resumes on what was.
 * @throws Error with a sentence that says what to do, if the server is too old or refuses.
 */
export const provision = async (nc: NatsConnection, declarations: readonly Declarations[], { replicas, restored = false }: { replicas: 1 | 3; restored?: boolean }): Promise<void> => {
  requireServer(nc);
  for (const wanted of configsOf(declarations)) {
    const found = await infoOf(nc, wanted.name);
    const metadata = { ...found?.config.metadata, ...(found && !restored ? {} : { [EPOCH]: newId() }) };
    const config = { ...found?.config, ...wanted, num_replicas: replicas, metadata };
    if (!found) await make(nc, 'CREATE', config);
    else if (restored || found.config['num_replicas'] !== replicas || differences(wanted, found.config).length > 0) await make(nc, 'UPDATE', config);
  }
  await verify(nc, declarations);
};

/** A cluster that has just started does not know all its servers yet. */
const NO_PEERS = 10005;
const PEER_PATIENCE = 10_000;

const make = async (nc: NatsConnection, verb: 'CREATE' | 'UPDATE', config: Config, since = Date.now()): Promise<void> => {
  try {
    await api(nc, `STREAM.${verb}.${config.name}`, config);
  } catch (error) {
    if (!(error instanceof JetStreamProblem)) throw error;
    if (error.problem.err_code === NO_PEERS && Date.now() - since < PEER_PATIENCE) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      return make(nc, verb, config, since);
    }
    const doing = verb === 'CREATE' ? 'could not be made' : 'could not be changed to what this version of Xanthus needs';
    throw new Error(`The JetStream stream ${config.name} ${doing}: ${error.problem.description ?? error.message}. ${adviceOf(error)}`, { cause: error });
  }
};

const adviceOf = ({ problem }: JetStreamProblem): string => {
  if (problem.err_code === NO_PEERS || problem.err_code === 10074) return 'Three replicas need three running NATS servers: check that all are up and see each other.';
  if (problem.err_code === 10023 || problem.err_code === 10047) return 'Free disk space in the JetStream store, or raise max_file_store in the NATS configuration.';
  if (problem.err_code === 10052) return 'It was made by another program or an incompatible version; restore a backup or start with an empty data folder.';
  return 'Check the log of nats-server.';
};

/** Compares what is there with what is needed and names every difference. @throws Error */
export const verify = async (nc: NatsConnection, declarations: readonly Declarations[]): Promise<void> => {
  requireServer(nc);
  const problems: string[] = [];
  for (const wanted of configsOf(declarations)) {
    const found = await infoOf(nc, wanted.name);
    if (!found) problems.push(`${wanted.name} does not exist`);
    else problems.push(...differences(wanted, found.config).map((field) => `${wanted.name} has ${field} ${JSON.stringify(found.config[field])}, needed is ${JSON.stringify(wanted[field])}`));
  }
  if (problems.length > 0) {
    throw new Error(`JetStream is not set up as this version of Xanthus needs it: ${problems.join('; ')}. Start it through \`npm start\`, or run the provisioner of the same version.`);
  }
};

/** Absent and false, or absent and zero, are the same to the server. */
const differences = (wanted: Config, found: Config): string[] =>
  Object.keys(wanted).filter((field) => field !== 'description' && JSON.stringify(wanted[field] || 0) !== JSON.stringify(found[field] || 0));

const requireServer = (nc: NatsConnection): void => {
  const { version = '0', jetstream } = nc.info ?? {};
  if (!isRecent(version)) throw new Error(`This NATS server is ${version}; Xanthus needs ${OLDEST_SERVER.join('.')} or newer. Install a newer nats-server, or name one in NATS_SERVER_BIN.`);
  if (!jetstream) throw new Error('This NATS server runs without JetStream. Start it with `-js` or a `jetstream` block in its configuration.');
};

export const isRecent = (version: string, oldest: readonly number[] = OLDEST_SERVER): boolean => {
  const parts = version.split(/[.-]/).map(Number);
  const at = oldest.findIndex((part, i) => parts[i] !== part);
  return at === -1 || (parts[at] ?? 0) > (oldest[at] ?? 0);
};

/** The incarnation of a stream or bucket: another one when it was made anew, or provisioned as restored from a copy. */
export const epochOf = (info: { readonly created: string; readonly config: { readonly metadata?: Record<string, string> } }): string =>
  info.config.metadata?.[EPOCH] ?? String(Date.parse(info.created));
