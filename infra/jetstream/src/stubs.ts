// Bodies follow in their own files within the hour; the signatures are final.
import type { NatsConnection } from '@nats-io/transport-node';
import type { ViewValue } from '@xanthus/proto';
import type { LockedOptions, Logger, Projector, ProjectorOptions, ReactorOptions, Stoppable, TimerHandler, TimerRequest, ViewBucket, ViewEntry, WatchOptions } from './types.js';

const later = (): never => {
  throw new Error('not built yet');
};

export const startProjector = async (_nc: NatsConnection, _o: ProjectorOptions): Promise<Projector> => later();
export const startReactor = async (_nc: NatsConnection, _o: ReactorOptions): Promise<Stoppable> => later();
export const startLocked = async (_nc: NatsConnection, _o: LockedOptions): Promise<Stoppable> => later();
export class Timers {
  constructor(readonly nc: NatsConnection, readonly service: string) {}
  schedule(_timer: TimerRequest): Promise<void> { return later(); }
  cancel(_timer: Pick<TimerRequest, 'tenant' | 'name' | 'id'>): Promise<void> { return later(); }
}
export const startTimers = async (_nc: NatsConnection, _o: { service: string; handlers: Readonly<Record<string, TimerHandler>>; log: Logger }): Promise<Stoppable> => later();
export class Views {
  constructor(readonly nc: NatsConnection, readonly service: string) {}
  get<T>(_key: string): Promise<ViewValue<T> | undefined> { return later(); }
  list<T>(_tenant: string, _view: string): Promise<ViewEntry<T>[]> { return later(); }
  /** Stream sequence that the live view has reached. */
  position(): Promise<number> { return later(); }
  waitFor(_seq: number, _timeoutMs: number): Promise<boolean> { return later(); }
  /** Not folded, e.g. the last metrics; `undefined` deletes. */
  putSample(_key: string, _data: unknown): Promise<void> { return later(); }
  stop(): Promise<void> { return later(); }
}
export const watchViewBucket = async (_nc: NatsConnection, _service: string, _o: WatchOptions): Promise<Stoppable> => later();
export const resolveViewBucket = async (_nc: NatsConnection, _service: string): Promise<ViewBucket> => later();
