import { Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { explain } from '@xanthus/proto/auth';
import { Explain } from '../app/explain.js';

@Doors()
export class ExplainDoors {
  constructor(private readonly answers: Explain) {}

  @QueryDoor(explain)
  explain(input: ParsedInputOf<typeof explain>, call: Call): Promise<OutputOf<typeof explain>> {
    return this.answers.about(call.tenant, call.id, input);
  }
}
