import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import { closeForward, enterForward, extendForward, openForward } from '@xanthus/proto/terminals';
import type { ForwardsContext } from '../forwards/context.js';
import { close, enter, extend, open } from '../forwards/use-cases.js';
import { FORWARDS_CONTEXT } from './tokens.js';

@Doors()
export class ForwardDoors {
  constructor(@Inject(FORWARDS_CONTEXT) private readonly on: ForwardsContext) {}

  @CommandDoor(openForward)
  open(input: ParsedInputOf<typeof openForward>, call: Call): Promise<OutputOf<typeof openForward>> {
    return open(this.on, call, input);
  }

  @CommandDoor(enterForward)
  enter({ entry }: ParsedInputOf<typeof enterForward>, call: Call): Promise<Written> {
    return enter(this.on, call, entry);
  }

  @CommandDoor(extendForward)
  extend({ minutes }: ParsedInputOf<typeof extendForward>, call: Call): Promise<OutputOf<typeof extendForward>> {
    return extend(this.on, call, minutes);
  }

  @CommandDoor(closeForward)
  close(_input: ParsedInputOf<typeof closeForward>, call: Call): Promise<Written> {
    return close(this.on, call);
  }
}
