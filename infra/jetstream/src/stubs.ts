// Bodies follow in their own files within the hour; the signatures are final.
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger, ReactorOptions, Stoppable, TimerHandler, TimerRequest } from './types.js';

const later = (): never => {
  throw new Error('not built yet');
};

export const startReactor = async (_nc: NatsConnection, _o: ReactorOptions): Promise<Stoppable> => later();
export class Timers {
  constructor(readonly nc: NatsConnection, readonly service: string) {}
  schedule(_timer: TimerRequest): Promise<void> { return later(); }
  cancel(_timer: Pick<TimerRequest, 'tenant' | 'name' | 'id'>): Promise<void> { return later(); }
}
export const startTimers = async (_nc: NatsConnection, _o: { service: string; handlers: Readonly<Record<string, TimerHandler>>; log: Logger }): Promise<Stoppable> => later();
