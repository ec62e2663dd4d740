/** Recordings on a real nats-server, without sessions around them. */
import type { NatsConnection } from '@nats-io/transport-node';
import { JetStreamEventStore, KvSnapshotStore } from '@xanthus/jetstream';
import { AggregateCache, newId } from '@xanthus/kernel';
import type { Call, Logger } from '@xanthus/nest';
import { localDataKeys, masterKeyOf, masterKeysOf, openVault, type MasterKeys } from '@xanthus/vault';
import type { TerminalsBase } from '../terminals.context.js';
import { startRecorders, type Recorders, type RecordersOptions, type RecorderStart } from './recorder.js';
import { openRecordings, type RecordingsContext } from './recordings.context.js';

export const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger;
export const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tsv';
export const ADA = '01jd3x8e2v5y9w4z7q6r1s0tcd';
export const mastersOf = (key: Buffer): MasterKeys => masterKeysOf(masterKeyOf(key));

type On = Pick<TerminalsBase, 'nc' | 'store' | 'snapshots' | 'cache' | 'log' | 'now' | 'vault' | 'keys'> & { readonly recordings: RecordingsContext };
export const openOn = async (nc: NatsConnection, masters: MasterKeys, now: () => number = Date.now): Promise<On> => {
  const keys = localDataKeys(nc, { service: 'terminals', masters });
  const vault = await openVault(nc, { service: 'terminals', keys, log: quiet });
  return { nc, log: quiet, now, vault, keys, store: new JetStreamEventStore(nc, 'terminals'), snapshots: new KvSnapshotStore(nc, 'terminals'), cache: new AggregateCache(), recordings: openRecordings({ nc, vault }) };
};

export const recordersOn = (on: On, o: Partial<RecordersOptions> = {}): Recorders =>
  startRecorders({ ...on.recordings, store: on.store, log: quiet, now: on.now, days: 90, mostBytes: 1024 * 1024 * 1024, ...o });

export const aSession = (session: string, o: Partial<RecorderStart> = {}): RecorderStart =>
  ({ tenant: 'acme', session, server: SERVER, serverName: 'web-1', person: ADA, title: 'web-1', cols: 80, rows: 24, input: false, snapshot: () => Promise.resolve(undefined), onFailed: () => undefined, ...o });

export const callOf = (tenant: string, id: string, who = ADA, now = new Date()): Call => {
  const about = { tenant, id, actor: { kind: 'person', id: who } as const, now: now.toISOString(), command_id: newId(), correlation_id: newId() };
  return { ...about, identity: { kind: 'person', id: who, tenant }, signal: new AbortController().signal, context: () => about };
};
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
