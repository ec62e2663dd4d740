import { CommandDoor, Doors } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { acceptDrift, checkDrift, ignoreDrift, revertDrift } from '@xanthus/proto/vps';
import { driftNotFound } from '../drift/drift.errors.js';

@Doors()
export class DriftDoors {
  @CommandDoor(acceptDrift)
  async accept(input: ParsedInputOf<typeof acceptDrift>): Promise<OutputOf<typeof acceptDrift>> {
    throw driftNotFound(input.kind);
  }

  @CommandDoor(revertDrift)
  async revert(input: ParsedInputOf<typeof revertDrift>): Promise<OutputOf<typeof revertDrift>> {
    throw driftNotFound(input.kind);
  }

  @CommandDoor(ignoreDrift)
  async ignore(input: ParsedInputOf<typeof ignoreDrift>): Promise<OutputOf<typeof ignoreDrift>> {
    throw driftNotFound(input.kind);
  }

  @CommandDoor(checkDrift)
  async check(): Promise<OutputOf<typeof checkDrift>> {
    return { accounts: [] };
  }
}
