/** How a topic of vps joins the composition root: it gets what all stand on and hands back its doors, reactors and standing work. */
import type { IdentitySigner, ServiceDeps } from '@xanthus/nest';
import type { VpsConfig } from '../vps.config.js';
import type { VpsContext } from '../vps.context.js';

/** What all topics stand on. */
export interface VpsCore extends Pick<ServiceDeps<VpsConfig>, 'onStop' | 'health'> {
  readonly vps: VpsContext;
  readonly config: VpsConfig;
  readonly signer: IdentitySigner;
}

export type { Part } from '@xanthus/nest';
