/** Refused log-ins of nobody, and those that only had to wait: counted, and told once a minute as one event. Their number is up to an attacker, so none is an event of its own. */
import type { Logger } from '@xanthus/jetstream';
import { newId } from '@xanthus/kernel';
import { INSTALLATION } from '@xanthus/proto';
import { refusals } from '../domain/refusals.js';
import type { Handle } from './handle.js';

export interface RefusalCount {
  unknownAccount(): void;
  tooMany(): void;
  /** Writes what was counted, if anything was. */
  flush(): Promise<void>;
}

export const refusalCount = (handle: Handle, log: Logger, now: () => Date = () => new Date()): RefusalCount => {
  let count = { unknown_account: 0, too_many: 0, since: now().toISOString() };
  const add = (what: 'unknown_account' | 'too_many'): void => {
    if (count.unknown_account + count.too_many === 0) count = { ...count, since: now().toISOString() };
    count = { ...count, [what]: count[what] + 1 };
  };
  return {
    unknownAccount: () => add('unknown_account'),
    tooMany: () => add('too_many'),
    async flush() {
      if (count.unknown_account + count.too_many === 0) return;
      const told = count;
      const at = now().toISOString();
      count = { unknown_account: 0, too_many: 0, since: at };
      await handle(refusals, { tenant: INSTALLATION, id: at.slice(0, 10), actor: { kind: 'service', id: 'auth' }, now: at, command_id: newId(), correlation_id: newId() }, { type: 'CountRefusals', ...told })
        .catch((error: unknown) => log.warn({ err: error, ...told }, 'refused log-ins could not be recorded'));
    },
  };
};
