/** How a topic of applications joins the composition root: it gets what all stand on and hands back its doors, reactors and standing work. */
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

export type { Part } from '@xanthus/nest';
