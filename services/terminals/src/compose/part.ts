/** How a topic of terminals joins the composition root: it gets what all stand on and hands back its doors, reactors and standing work. */
import type { ServiceDeps } from '@xanthus/nest';
import type { TerminalsConfig } from '../terminals.config.js';
import type { Pace, TerminalsContext } from '../terminals.context.js';

/** What all topics stand on. */
export interface TerminalsCore extends Pick<ServiceDeps<TerminalsConfig>, 'onStop' | 'health'> {
  readonly terminals: TerminalsContext;
  readonly config: TerminalsConfig;
  readonly pace: Pace;
}

export type { Part } from '@xanthus/nest';
