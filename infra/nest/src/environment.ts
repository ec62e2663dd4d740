/** Configuration from the environment: parsed once, all mistakes told at once. */
import { VERSION } from '@xanthus/proto';
import { z } from 'zod';
import { LOG_LEVELS } from './logger.js';

/** The part of the environment that every service and the gateway share. Extend it: `serviceConfig.extend({…})`. */
export const serviceConfig = z.object({
  XANTHUS_NATS_URL: z.string().min(1).default('nats://127.0.0.1:4222').describe('address of nats-server, several separated by commas'),
  XANTHUS_NATS_CREDENTIALS: z.string().min(1).optional().describe('a .creds file, or a folder with <user>.creds'),
  XANTHUS_SERVICE_KEY_FILE: z.string().min(1).describe('private ed25519 key of this service (JWK)'),
  XANTHUS_SERVICE_JWKS_FILE: z.string().min(1).describe('public keys of all services (JWKS)'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).optional().describe('pretty on a terminal, else json'),
  XANTHUS_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).optional().describe('port of /health, /ready and /metrics when the service runs alone; 0 takes any'),
  XANTHUS_HEALTH_HOST: z.string().default('127.0.0.1'),
  XANTHUS_VERSION: z.string().max(64).default(VERSION).describe('version that is shown'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional().describe('where traces go; without it tracing is off and costs nothing'),
});
export type ServiceConfig = z.infer<typeof serviceConfig>;

/** The environment does not fit; `problems` is one sentence per mistake. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** @throws EnvironmentError with every mistake. An empty variable counts as not set. */
export const parseEnvironment = <S extends z.ZodObject>(schema: S, environment: Readonly<Record<string, string | undefined>>): z.output<S> => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(parsed.error.issues.map(issue => sentence(schema, given, issue)));
};

const sentence = (schema: z.ZodObject, given: Readonly<Record<string, unknown>>, issue: z.core.$ZodIssue): string => {
  const name = String(issue.path[0] ?? 'the environment');
  const meaning = (schema.shape[name] as z.ZodType | undefined)?.description;
  const about = meaning === undefined ? '' : ` (${meaning})`;
  if (given[name] === undefined) return `${name} is not set${about}.`;
  return `${name}${about} has a value that does not fit: ${issue.message}.`;
};
