/** Where logs come from: journals of servers, pods of applications, what a set-up tells. */
import { useMemo } from 'react';
import type { Client } from '@xanthus/client';
import { signalSubject } from '@xanthus/proto';
import { applicationLogs, followApplicationLogs, followLogs, serverLogs, stopApplicationLogs, stopLogs } from '../contracts.js';
import { onThing } from '../lib/act.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { followedLog } from './followed-log.js';
import { readSignal, type LogSignal } from './join-tail.js';
import type { LogSource } from './log-source.js';

/** For the rights: `maySend(tenant, followServerLog, id)`. */
export const followServerLog = onThing(followLogs);
const stopServerLog = onThing(stopLogs);
export const followPodLog = onThing(followApplicationLogs);
const stopPodLog = onThing(stopApplicationLogs);

const listen = (client: Client, subject: string, mine: (payload: Readonly<Record<string, unknown>>) => boolean) => (tell: (signal: LogSignal) => void): (() => void) => {
  const subscription = client.subject(subject, ({ payload }) => {
    const signal = readSignal(payload);
    if (signal && mine(payload as Readonly<Record<string, unknown>>)) tell(signal);
  });
  return () => subscription.close();
};

export interface ServerLog { readonly id: string; readonly source: 'k3s' | 'system'; readonly lines: number; readonly follow: boolean }
const serverLog = (client: Client, { id, source, lines, follow }: ServerLog): LogSource => followedLog({
  connection: client.connection,
  listen: listen(client, signalSubject({ tenant: client.tenant, service: 'vps', aggregate: 'server', id }, 'log'), payload => payload['source'] === source),
  ...(follow ? { follow: follower => followServerLog(client, id, { source, ...(follower ? { follower } : {}) }) } : {}),
  stop: follower => stopServerLog(client, id, { source, follower }),
  ask: async () => {
    const answer = await client.query(serverLogs, { source, lines }, { id });
    return answer.reachable ? answer : Promise.reject(Object.assign(new Error(), { code: 'SERVER.TIMEOUT', message: t('The server does not answer over SSH.'), ...answer.reason, retryable: true }));
  },
});

/** A journal of a server: its last lines and, with `follow`, what is written to it. */
export const useServerLog = ({ id, source, lines, follow }: ServerLog): LogSource => {
  const client = useClient();
  return useMemo(() => serverLog(client, { id, source, lines, follow }), [client, id, source, lines, follow]);
};

export interface PodLog { readonly id: string; readonly pod: string; readonly container: string | undefined; readonly lines: number; readonly follow: boolean; /** Of the container before its restart: it has ended. */ readonly previous: boolean }
const podLog = (client: Client, { id, pod, container, lines, follow, previous }: PodLog): LogSource => {
  const target = { pod, ...(container ? { container } : {}) };
  return followedLog({
    connection: client.connection,
    listen: listen(client, signalSubject({ tenant: client.tenant, service: 'applications', aggregate: 'application', id }, 'log'), payload => payload['pod'] === pod && (!container || payload['container'] === container)),
    ...(follow && !previous ? { follow: follower => followPodLog(client, id, { ...target, ...(follower ? { follower } : {}) }) } : {}),
    stop: follower => stopPodLog(client, id, { ...target, follower }),
    ask: () => client.query(applicationLogs, { ...target, lines, previous }, { id }),
  });
};

export const usePodLog = ({ id, pod, container, lines, follow, previous }: PodLog): LogSource => {
  const client = useClient();
  return useMemo(() => podLog(client, { id, pod, container, lines, follow, previous }), [client, id, pod, container, lines, follow, previous]);
};
