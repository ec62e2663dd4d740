/** How a topic of vps joins the composition root: it gets what all stand on and hands back its doors, reactors and standing work. */
import type { Provider, Type } from '@nestjs/common';
import type { Reactor } from '@xanthus/kernel';
import type { IdentitySigner, ServiceDeps } from '@xanthus/nest';
import type { VpsConfig } from '../vps.config.js';
import type { VpsContext } from '../vps.context.js';

/** What all topics stand on. */
export interface VpsCore extends Pick<ServiceDeps<VpsConfig>, 'onStop' | 'health'> {
  readonly vps: VpsContext;
  readonly config: VpsConfig;
  readonly signer: IdentitySigner;
}

/** Done by one copy of the service at a time, until the signal. */
export interface StandingWork { /** Of its lock; unique in the service. */ readonly name: string; run(signal: AbortSignal): Promise<void> }

export interface Part {
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly reactors?: readonly Reactor[];
  readonly standing?: readonly StandingWork[];
}
