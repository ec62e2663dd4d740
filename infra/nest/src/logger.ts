import { pino } from 'pino';
import pretty from 'pino-pretty';

type LogCall = (...args: [fields: object, text?: string] | [text: string]) => void;

/** pino's call form: `log.info({ server: id }, 'text')`. */
export interface Logger {
  readonly debug: LogCall;
  readonly info: LogCall;
  readonly warn: LogCall;
  readonly error: LogCall;
  child(fields: object): Logger;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = 'json' | 'pretty';

/** Fields that hold a secret wherever they stand, at most three levels deep. Nothing should log them; this is the net below. */
const SECRET_FIELDS = [
  'password', 'passphrase', 'private_key', 'privateKey', 'secret', 'token', 'access_token', 'refresh_token', 'creds', 'authorization', 'cookie', 'seed', 'd',
  '["set-cookie"]', '["Xanthus-Identity"]', '["xanthus-identity"]',
];
const paths = SECRET_FIELDS.flatMap(f => ['', '*', '*.*'].map(prefix => (prefix === '' ? f : f.startsWith('[') ? `${prefix}${f}` : `${prefix}.${f}`)));

export interface LoggerOptions {
  readonly name: string;
  readonly level?: LogLevel;
  /** Pretty on a terminal, else JSON, unless said. */
  readonly format?: LogFormat;
  /** Where lines go instead of stdout. */
  readonly destination?: { write(line: string): void };
}

/** A JSON line per entry: `{level, time, name, …fields, msg}`, with `level` as a word and `time` in ISO. Errors go under `err`. */
export const createLogger = (options: LoggerOptions): Logger => {
  const format = options.format ?? (process.stdout.isTTY ? 'pretty' : 'json');
  const settings = {
    name: options.name,
    level: options.level ?? 'info',
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[hidden]' },
  };
  if (options.destination !== undefined) return pino(settings, options.destination);
  // pino-pretty runs in this thread, not as a worker transport: those do not survive bundling.
  if (format === 'pretty') return pino(settings, pretty({ colorize: process.stdout.isTTY === true, ignore: 'name,service,pid,hostname', singleLine: true, messageFormat: '{name}: {msg}', translateTime: 'SYS:HH:MM:ss.l', sync: true }));
  return pino(settings);
};
