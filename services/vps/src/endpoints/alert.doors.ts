import { Inject } from '@nestjs/common';
import { handle, writtenBy } from '@xanthus/kernel';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import { viewKey, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import { acknowledgeAlert, muteAlert, setAlertLimits } from '@xanthus/proto/vps';
import { alertType } from '../alerts/alert.decide.js';
import { notFound } from '../server/server.errors.js';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

@Doors()
export class AlertDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @CommandDoor(acknowledgeAlert)
  async acknowledge(input: ParsedInputOf<typeof acknowledgeAlert>, call: Call): Promise<OutputOf<typeof acknowledgeAlert>> {
    return writtenBy(await handle(this.vps, alertType, call.context(), { type: 'Acknowledge', data: input }));
  }

  @CommandDoor(muteAlert)
  async mute(input: ParsedInputOf<typeof muteAlert>, call: Call): Promise<OutputOf<typeof muteAlert>> {
    await this.#known(call);
    return writtenBy(await handle(this.vps, alertType, call.context(), { type: 'Mute', data: input }));
  }

  @CommandDoor(setAlertLimits)
  async setLimits(input: ParsedInputOf<typeof setAlertLimits>, call: Call): Promise<OutputOf<typeof setAlertLimits>> {
    await this.#known(call);
    return writtenBy(await handle(this.vps, alertType, call.context(), { type: 'SetLimits', data: input }));
  }

  /** @throws Refusal SERVER.NOT_FOUND */
  async #known({ tenant, id }: Call): Promise<void> {
    if (await this.vps.views.get(viewKey(tenant, 'servers', id)) === undefined) throw notFound();
  }
}
