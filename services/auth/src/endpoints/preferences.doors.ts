import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { setPreferences } from '@xanthus/proto/auth';
import { Preferences } from '../app/preferences.js';
import { ownPerson } from './own.js';

@Doors()
export class PreferencesDoors {
  constructor(private readonly preferences: Preferences) {}

  @CommandDoor(setPreferences, { external: false })
  async set(input: ParsedInputOf<typeof setPreferences>, call: Call): Promise<OutputOf<typeof setPreferences>> {
    ownPerson(call);
    return this.preferences.set(call.context(), input.changes);
  }
}
