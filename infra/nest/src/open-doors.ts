import 'reflect-metadata';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Views } from '@xanthus/jetstream';
import { DoorsTransport, type DoorsOptions } from './doors.transport.js';
import { SERVICE_STATE, type ServiceState } from './health.js';
import { nestLogger } from './nest-logger.js';
import { ProblemFilter } from './problem.filter.js';
import { SERVICE_PAST, type Past } from './past.js';
import { SERVICE_VIEWS } from './views.doors.js';

@Module({})
class ServiceRoot {}

interface Provided { readonly views: Views; readonly past: Past; readonly state: ServiceState }

const rootModule = (module: Type | DynamicModule, { views, past, state }: Provided): DynamicModule => ({
  module: ServiceRoot, global: true, imports: [module],
  providers: [{ provide: SERVICE_VIEWS, useValue: views }, { provide: SERVICE_PAST, useValue: past }, { provide: SERVICE_STATE, useValue: state }], exports: [SERVICE_VIEWS, SERVICE_PAST, SERVICE_STATE],
});

/** A Nest context of its own whose doors answer on `nc`. `close` takes nothing new, waits for what runs, then runs Nest's shutdown hooks. */
export const openDoors = async (options: DoorsOptions & Provided & { module: Type | DynamicModule }): Promise<{ close(): Promise<void> }> => {
  const strategy = new DoorsTransport(options);
  const app = await NestFactory.createMicroservice(rootModule(options.module, options), { strategy, logger: nestLogger(options.log), abortOnError: false });
  app.useGlobalFilters(new ProblemFilter(options.log));
  await app.listen();
  return { close: () => app.close() };
};
