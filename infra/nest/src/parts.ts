/** How topics of a service join its composition root: each hands back its doors, reactors and standing work, in a file of its own. */
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { startLocked, startReactor } from '@xanthus/jetstream';
import type { EventSchemas, Reactor } from '@xanthus/kernel';
import type { ServiceDeps } from './start-service.js';
import { serveViews } from './views.doors.js';
import type { ServiceName } from '@xanthus/proto';

/** Done by one copy of the service at a time, until the signal. */
export interface StandingWork { /** Of its lock; unique in the service. */ readonly name: string; run(signal: AbortSignal): Promise<void> }

export interface Part {
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly reactors?: readonly Reactor[];
  readonly standing?: readonly StandingWork[];
}

/** Starts reactors and standing work of all parts, and says what their module holds: their doors, those of the views, and what they inject. */
export const joinParts = async (
  { nc, log, onStop }: Pick<ServiceDeps, 'nc' | 'log' | 'onStop'>, { service, schemas }: { readonly service: ServiceName; readonly schemas: EventSchemas }, parts: readonly Part[],
): Promise<Required<Pick<DynamicModule, 'controllers' | 'providers'>>> => {
  for (const reactor of parts.flatMap(p => p.reactors ?? [])) {
    const running = await startReactor(nc, { service, reactor, schemas, log });
    onStop(() => running.stop());
  }
  for (const { name, run } of parts.flatMap(p => p.standing ?? [])) {
    const running = await startLocked(nc, { service, name, log, run });
    onStop(() => running.stop());
  }
  return { controllers: [...parts.flatMap(p => p.controllers ?? []), serveViews(service)], providers: parts.flatMap(p => p.providers ?? []) };
};
