import 'reflect-metadata';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Views } from '@xanthus/jetstream';
import { DoorsTransport, type DoorsOptions } from './doors.transport.js';
import { nestLogger } from './nest-logger.js';
import { ProblemFilter } from './problem.filter.js';
import { SERVICE_PAST, type Past } from './past.js';
import { SERVICE_VIEWS } from './views.doors.js';

@Module({})
class ServiceRoot {}

const rootModule = (module: Type | DynamicModule, views: Views, past: Past): DynamicModule => ({
  module: ServiceRoot, global: true, imports: [module], providers: [{ provide: SERVICE_VIEWS, useValue: views }, { provide: SERVICE_PAST, useValue: past }], exports: [SERVICE_VIEWS, SERVICE_PAST],
});

/** A Nest context of its own whose doors answer on `nc`. `close` takes nothing new, waits for what runs, then runs Nest's shutdown hooks. */
export const openDoors = async (options: DoorsOptions & { module: Type | DynamicModule; views: Views; past: Past }): Promise<{ close(): Promise<void> }> => {
  const strategy = new DoorsTransport(options);
  const app = await NestFactory.createMicroservice(rootModule(options.module, options.views, options.past), { strategy, logger: nestLogger(options.log), abortOnError: false });
  app.useGlobalFilters(new ProblemFilter(options.log));
  await app.listen();
  return { close: () => app.close() };
};
