/** How a topic of applications joins the composition root: it gets what all stand on and hands back its doors, reactors and standing work. */
import type { Provider, Type } from '@nestjs/common';
import type { Reactor } from '@xanthus/kernel';
import type { ServiceDeps } from '@xanthus/nest';
import type { ApplicationsConfig } from '../applications.config.js';
import type { ApplicationsContext } from '../applications.context.js';
import type { ProcessPorts } from '../running/ports.js';

/** What all topics stand on. */
export interface ApplicationsCore extends Pick<ServiceDeps<ApplicationsConfig>, 'onStop' | 'health'> {
  readonly applications: ApplicationsContext;
  readonly config: ApplicationsConfig;
  readonly ports: ProcessPorts;
}

/** Done by one copy of the service at a time, until the signal. */
export interface StandingWork { /** Of its lock; unique in the service. */ readonly name: string; run(signal: AbortSignal): Promise<void> }

export interface Part {
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly reactors?: readonly Reactor[];
  readonly standing?: readonly StandingWork[];
}
