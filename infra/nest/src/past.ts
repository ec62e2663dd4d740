import type { NatsConnection } from '@nats-io/transport-node';
import { kvCheckpoints, pastLog, PastViews, readByLeader, startAhead, type Logger, type PastOptions, type Projector, type Stoppable } from '@xanthus/jetstream';
import { SERVICES, streamName, type ServiceName, type ViewContract } from '@xanthus/proto';
import { refuse } from './problem.js';

/** Injection token of the `Past` that `startService` opens for its service. */
export const SERVICE_PAST = Symbol('past of the views of the service');

export type PastParts = Pick<PastOptions, 'projections' | 'schemas' | 'also' | 'every'>;

/** What a service folds, for the doors that tell how it was. Empty until `foldViews`. */
export interface Past {
  open(parts: PastParts, projector: Pick<Projector, 'position' | 'active'>): void;
  /** The service is ready: from now on the copy that folds makes checkpoints before anybody asks. */
  begin(): void;
  /** @throws Refusal UNAVAILABLE */
  views(): { readonly views: PastViews; readonly options: PastOptions };
  /** The newest event of a tenant; null: there is none, or it is not known now. */
  last(tenant: string): Promise<{ readonly stream: string; readonly seq: number; readonly time: string } | null>;
  /** Of a tenant that is gone: nothing is kept to fold from. Never throws. */
  forget(tenant: string): Promise<void>;
  stop(): Promise<void>;
}

export const pastOf = (nc: NatsConnection, service: string, log: Logger): Past => {
  let opened: { views: PastViews; options: PastOptions; projector: Parameters<Past['open']>[1] } | undefined;
  let ahead: Stoppable | undefined;
  return {
    open(parts, projector) {
      const options: PastOptions = { ...parts, service, log, past: pastLog(nc, service), checkpoints: kvCheckpoints(nc, service) };
      opened = { views: new PastViews(options), options, projector };
    },
    begin() {
      if (opened === undefined || ahead !== undefined || !isKept(service)) return;
      const { views, options, projector } = opened;
      ahead = startAhead({ service, views, past: options.past, log, every: options.every, position: projector.position, active: projector.active });
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
      await Promise.all([ahead?.stop(), opened?.views.stop()]);
    },
  };
};

/** Whether there is anything that is told of the past. */
const isKept = (service: string): boolean => Object.values<ViewContract>(SERVICES[service as ServiceName].views).some(view => view.no_past === undefined);

const raise = (): never => {
  throw refuse('UNAVAILABLE', 'The past of these views cannot be told yet; try again.');
};
