import { Inject } from '@nestjs/common';
import { AggregateCache, handleCommand, type EventStore } from '@xanthus/kernel';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { ParsedInputOf, Written } from '@xanthus/proto';
import { counter, type CounterCommand } from '../counter.js';
import { createCounter, deleteCounter } from './contracts.js';

export const STORE = Symbol('event store');

/** As thin as a service's door can be: what is measured is everything else. */
@Doors()
export class CounterDoors {
  private readonly cache = new AggregateCache();

  constructor(@Inject(STORE) private readonly store: EventStore) {}

  @CommandDoor(createCounter)
  create({ count }: ParsedInputOf<typeof createCounter>, call: Call): Promise<Written> {
    return this.handle(call, { count });
  }

  @CommandDoor(deleteCounter)
  delete(_input: ParsedInputOf<typeof deleteCounter>, call: Call): Promise<Written> {
    return this.handle(call, 'delete');
  }

  private async handle(call: Call, command: CounterCommand): Promise<Written> {
    const { id, stream, seq } = await handleCommand(this.store, counter, call.context(), command, { cache: this.cache });
    return { id, stream, seq };
  }
}
