import type { NatsConnection } from '@nats-io/transport-node';
import { timerSubject } from '@xanthus/proto';
import { timersStream } from './declarations.js';
import { startDurable } from './durable.js';
import type { FiredTimer, Logger, Stoppable, TimerHandler, TimerRequest } from './types.js';
import { publish } from './wire.js';

/** A fired timer lies under its own subject with this at the end, until it is handled. */
const DUE = 'due';

/**
 * Timers as message schedules (ADR-51) in the stream `<SERVICE>_TIMERS`: they survive every restart, and fire within about a quarter of a second; one that
 * was due while nothing ran fires at the start. Setting a timer of the same name and id again replaces it.
 */
export class Timers {
  constructor(private readonly nc: NatsConnection, private readonly service: string) {}

  async schedule({ tenant, name, id, at, data }: TimerRequest): Promise<void> {
    const subject = timerSubject(tenant, this.service, name, id);
    await publish(this.nc, { subject, body: JSON.stringify(data ?? null), headers: { 'Nats-Schedule': `@at ${at.toISOString()}`, 'Nats-Schedule-Target': `${subject}.${DUE}` } });
  }

  /** Harmless if there is none. One that is being handled at this moment is not stopped. */
  async cancel({ tenant, name, id }: Pick<TimerRequest, 'tenant' | 'name' | 'id'>): Promise<void> {
    const subject = timerSubject(tenant, this.service, name, id);
    // A subject keeps one message: this one takes the schedule's place, and that of a timer that fired and waits. Purging would need a right of its own.
    for (const replaced of [subject, `${subject}.${DUE}`]) await publish(this.nc, { subject: replaced, body: '', headers: { 'Nats-TTL': '1s' } });
  }
}

/** Calls the handler named as the timer, in one of the service's copies, at least once; a handler that throws is called again (300 ms, 600 ms … 5 min). */
export const startTimers = (nc: NatsConnection, { service, handlers, log }: { service: string; handlers: Readonly<Record<string, TimerHandler>>; log: Logger }): Promise<Stoppable> =>
  startDurable(nc, {
    stream: timersStream(service).name, name: 'timers', filter: `tmr.*.${service}.*.*.${DUE}`, log,
    async handle(message) {
      if (message.data.length === 0) return;
      const [, tenant = '', , name = '', id = ''] = message.subject.split('.');
      const timer: FiredTimer = { tenant, name, id, data: message.json(), delivery: message.info.deliveryCount };
      const handler = handlers[name];
      // Of an older or newer version of the service: another copy may know it.
      if (!handler) throw new Error(`no handler for the timer ${name}`);
      await handler(timer);
    },
  });
