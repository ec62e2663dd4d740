import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own lines go to our log; what it tells at start is of interest only when debugging. */
export const nestLogger = (log: Logger): LoggerService => ({
  log: (message: unknown) => log.debug({ nest: true }, String(message)),
  debug: (message: unknown) => log.debug({ nest: true }, String(message)),
  verbose: (message: unknown) => log.debug({ nest: true }, String(message)),
  warn: (message: unknown) => log.warn({ nest: true }, String(message)),
  error: (message: unknown, ...rest: unknown[]) => log.error({ nest: true, ...(message instanceof Error ? { err: message } : {}), detail: rest.filter(r => typeof r === 'string') }, String(message)),
});
