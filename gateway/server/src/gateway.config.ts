import { serviceConfig } from '@xanthus/nest';
import type { Limits } from '@xanthus/proto';
import { z } from 'zod';
import type { Quota } from './connection/quotas.js';

const count = (fallback: number, meaning: string) => z.coerce.number().int().min(1).default(fallback).describe(meaning);
const list = z.string().transform(text => text.split(',').map(part => part.trim()).filter(Boolean));

export const gatewayConfig = serviceConfig.extend({
  XANTHUS_PORT: z.coerce.number().int().min(0).max(65_535).default(7_700).describe('port of console, HTTP API and WebSocket; 0 takes any'),
  XANTHUS_HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  XANTHUS_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional().describe('address under which browsers reach Xanthus; needed when listening on more than loopback'),
  XANTHUS_ALLOWED_ORIGINS: list.optional().describe('further origins whose pages may use the API, separated by commas'),
  XANTHUS_FORWARD_HOST: z.string().regex(/^(?=.{1,200}$)[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*(?::\d{1,5})?$/i, 'a host name, without * and scheme').optional().describe('name below which ports of servers are opened (*.<name> leads here, in DNS and in the certificate); on this machine localhost without being set'),
  XANTHUS_WEB_DIR: z.string().optional().describe('folder of the built console'),
  XANTHUS_METRICS_TOKEN: z.string().min(16).optional().describe('bearer token for /metrics from elsewhere than loopback'),
  XANTHUS_WS_SUBSCRIPTIONS: count(256, 'subscriptions per connection'),
  XANTHUS_WS_FRAMES_PER_SECOND: count(100, 'frames per second that a connection may send'),
  XANTHUS_WS_BURST: count(200, 'frames that a connection may send at once'),
  XANTHUS_WS_BYTES_IN_PER_SECOND: count(1024 * 1024, 'bytes per second that a connection may send; four times as many at once'),
  XANTHUS_WS_BYTES_OUT_PER_SECOND: count(64 * 1024 * 1024, 'bytes per second that a connection is sent at most'),
  XANTHUS_WS_CONNECTIONS: count(20_000, 'connections of this gateway'),
  XANTHUS_WS_CONNECTIONS_PER_TENANT: count(10_000, 'connections of a tenant'),
  XANTHUS_WS_CONNECTIONS_PER_USER: count(100, 'connections of a person'),
  XANTHUS_WS_CONNECTIONS_PER_ADDRESS: count(1_000, 'connections from one address; programs on this machine are not counted'),
  XANTHUS_WS_UNAUTHENTICATED: count(2_000, 'connections that have not logged in yet'),
  XANTHUS_WS_UNAUTHENTICATED_PER_ADDRESS: count(100, 'connections from one address that have not logged in yet'),
  XANTHUS_WS_HANDSHAKES_PER_SECOND: count(1_000, 'upgrades per second; twice as many at once'),
  XANTHUS_WS_SUBSCRIPTIONS_PER_TENANT: count(100_000, 'subscriptions of a tenant'),
  XANTHUS_WS_SUBSCRIPTIONS_PER_USER: count(2_048, 'subscriptions of a person'),
  XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT: count(2_000, 'commands and queries of a tenant per second, over WebSocket and HTTP; twice as many at once'),
  XANTHUS_WS_COMMANDS_PER_SECOND: count(200, 'commands and queries of a person per second, over WebSocket and HTTP; twice as many at once'),
  XANTHUS_HTTP_REQUESTS_PER_SECOND_PER_ADDRESS: count(200, 'HTTP requests from one address per second; twice as many at once; programs on this machine are not counted'),
  XANTHUS_HTTP_LOG_INS_PER_SECOND_PER_ADDRESS: count(20, 'of these, requests to /api/auth; twice as many at once'),
  XANTHUS_HTTP_BLOB_BYTES_PER_TENANT: count(128 * 1024 * 1024, 'bytes of large inputs of a tenant that wait for their commands; each waits an hour at most'),
  XANTHUS_TRUSTED_PROXIES: list.optional().describe('addresses of proxies whose X-Forwarded-For is believed, separated by commas; those on this machine always are'),
  XANTHUS_WS_FRAME_BYTES: count(64 * 1024, 'largest frame of a client, bytes'),
  XANTHUS_WS_QUEUE_BYTES: count(1024 * 1024, 'outbound queue of a connection, bytes'),
  XANTHUS_WS_QUEUE_FRAMES: count(1_024, 'outbound queue of a connection, frames'),
  XANTHUS_WS_AUTH_SECONDS: count(10, 'time that a client has to authenticate'),
  XANTHUS_WS_PING_SECONDS: count(25, 'time between the server\'s pings'),
  XANTHUS_WS_DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(5).describe('time over which clients are sent away when the gateway ends; 30 where many gateways share them'),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;

/** Nesting of a client's JSON. Deeper than any contract. */
export const JSON_DEPTH = 32;

export const limitsOf = (config: GatewayConfig): Required<Limits> => ({
  subscriptions: config.XANTHUS_WS_SUBSCRIPTIONS,
  frames_per_second: config.XANTHUS_WS_FRAMES_PER_SECOND,
  burst: config.XANTHUS_WS_BURST,
  frame_bytes: config.XANTHUS_WS_FRAME_BYTES,
  json_depth: JSON_DEPTH,
  queue_bytes: config.XANTHUS_WS_QUEUE_BYTES,
  queue_frames: config.XANTHUS_WS_QUEUE_FRAMES,
  connections_per_user: config.XANTHUS_WS_CONNECTIONS_PER_USER,
  subscriptions_per_user: config.XANTHUS_WS_SUBSCRIPTIONS_PER_USER,
  commands_per_second: config.XANTHUS_WS_COMMANDS_PER_SECOND,
  bytes_in_per_second: config.XANTHUS_WS_BYTES_IN_PER_SECOND,
  bytes_out_per_second: config.XANTHUS_WS_BYTES_OUT_PER_SECOND,
});

export const quotaOf = (config: GatewayConfig): Quota => ({
  connections: config.XANTHUS_WS_CONNECTIONS,
  connections_per_tenant: config.XANTHUS_WS_CONNECTIONS_PER_TENANT,
  connections_per_user: config.XANTHUS_WS_CONNECTIONS_PER_USER,
  connections_per_address: config.XANTHUS_WS_CONNECTIONS_PER_ADDRESS,
  unauthenticated: config.XANTHUS_WS_UNAUTHENTICATED,
  unauthenticated_per_address: config.XANTHUS_WS_UNAUTHENTICATED_PER_ADDRESS,
  handshakes_per_second: config.XANTHUS_WS_HANDSHAKES_PER_SECOND,
  handshake_burst: config.XANTHUS_WS_HANDSHAKES_PER_SECOND * 2,
  subscriptions_per_tenant: config.XANTHUS_WS_SUBSCRIPTIONS_PER_TENANT,
  subscriptions_per_user: config.XANTHUS_WS_SUBSCRIPTIONS_PER_USER,
  commands_per_second_per_tenant: config.XANTHUS_WS_COMMANDS_PER_SECOND_PER_TENANT,
  commands_per_second: config.XANTHUS_WS_COMMANDS_PER_SECOND,
  blob_bytes_per_tenant: config.XANTHUS_HTTP_BLOB_BYTES_PER_TENANT,
  requests_per_second_per_address: config.XANTHUS_HTTP_REQUESTS_PER_SECOND_PER_ADDRESS,
  log_ins_per_second_per_address: config.XANTHUS_HTTP_LOG_INS_PER_SECOND_PER_ADDRESS,
});
