/** The processes over an event store in memory, with a clock that stands and kills that the spec decides. */
import { handleCommand, MemoryEventStore, newId, readState, type EventStore } from '@xanthus/kernel';
import type { DnsProvider } from '../provider/dns-provider.js';
import type { ProcessPorts } from './ports.js';

/** The process was killed here: nothing of it goes on. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export interface World { readonly store: EventStore; readonly ports: ProcessPorts; pass(ms: number): void }

/**
 * @param dies asked before and after each record; true kills the process there
 * @param meanwhile what others do between the look of the process and its record
 */
export const memoryWorld = (provider: DnsProvider, o: { readonly dies?: (where: 'before' | 'after') => boolean; readonly meanwhile?: () => Promise<unknown> | undefined } = {}): World => {
  const store = new MemoryEventStore();
  let now = Date.parse('2026-11-21T08:00:00.000Z');
  const ports: ProcessPorts = {
    log: { info() {}, warn() {}, error() {}, debug() {} },
    now: () => now,
    pause: async (ms, signal) => { if (!signal.aborted) now += Math.max(0, ms); },
    async handle(type, tenant, id, command) {
      await o.meanwhile?.();
      if (o.dies?.('before')) throw new Killed();
      const command_id = newId();
      const { state, events } = await handleCommand(store, type, { tenant, id, actor: { kind: 'service', id: 'dns' }, now: new Date(now).toISOString(), command_id, correlation_id: command_id }, command);
      if (o.dies?.('after')) throw new Killed();
      return { state, decided: events.length > 0 };
    },
    read: (type, tenant, id) => readState({ store }, type, tenant, id),
    provider: async () => provider,
    certificateRequest: async () => ({ csr: 'CSR', key_fingerprint: '9f86d081884c7d65' }),
  };
  return { store, ports, pass: ms => { now += ms; } };
};
