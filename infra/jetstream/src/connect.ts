import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';

export interface ConnectOptions {
  /** One URL or several, separated by commas. */
  readonly servers: string;
  /** Text of a `.creds` file. */
  readonly credentials?: string | undefined;
  /** Shown by the server in its connection list. */
  readonly name: string;
  /** Private inbox of this user, `_INBOX_vps`. */
  readonly inboxPrefix?: string | undefined;
}

/** Waits for the server, and reconnects for ever, every 500 ms. */
export const connectNats = ({ servers, credentials, name, inboxPrefix }: ConnectOptions): Promise<NatsConnection> =>
  connect({
    servers: servers.split(',').map((server) => server.trim()).filter(Boolean),
    name,
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    reconnectJitter: 100,
    pingInterval: 10_000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    // The client would make two errors with stacks for every request, used or not: a tenth of the time of a command.
    noAsyncTraces: true,
  });
