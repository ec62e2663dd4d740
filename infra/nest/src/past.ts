import type { NatsConnection } from '@nats-io/transport-node';
import { kvCheckpoints, pastLog, PastViews, readByLeader, type Logger, type PastOptions } from '@xanthus/jetstream';
import { streamName } from '@xanthus/proto';
import { refuse } from './problem.js';

/** Injection token of the `Past` that `startService` opens for its service. */
export const SERVICE_PAST = Symbol('past of the views of the service');

/** What a service folds, for the doors that tell how it was. Empty until `foldViews`. */
export interface Past {
  open(options: Pick<PastOptions, 'projections' | 'schemas' | 'also'>): void;
  /** @throws Refusal UNAVAILABLE */
  views(): { readonly views: PastViews; readonly options: PastOptions };
  /** The newest event of a tenant; null: there is none, or it is not known now. */
  last(tenant: string): Promise<{ readonly stream: string; readonly seq: number; readonly time: string } | null>;
  /** Of a tenant that is gone: nothing is kept to fold from. Never throws. */
  forget(tenant: string): Promise<void>;
  stop(): Promise<void>;
}

export const pastOf = (nc: NatsConnection, service: string, log: Logger): Past => {
  let opened: { views: PastViews; options: PastOptions } | undefined;
  return {
    open(given) {
      const options: PastOptions = { ...given, service, log, past: pastLog(nc, service), checkpoints: kvCheckpoints(nc, service) };
      opened = { views: new PastViews(options), options };
    },
    async last(tenant) {
      const stream = streamName(service);
      const found = await readByLeader(nc, stream, { last_by_subj: `evt.${tenant}.${service}.>` }).catch(() => undefined);
      return found === undefined ? null : { stream, seq: found.seq, time: found.time };
    },
    views: () => opened ?? raise(),
    async forget(tenant) {
      try {
        await opened?.views.drop(tenant);
      } catch (error) {
        log.warn({ err: error, tenant }, 'what was kept of the past of a tenant was not removed');
      }
    },
    async stop() {
      await opened?.views.stop();
    },
  };
};

const raise = (): never => {
  throw refuse('UNAVAILABLE', 'The past of these views cannot be told yet; try again.');
};
