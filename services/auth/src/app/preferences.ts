import type { Views } from '@xanthus/jetstream';
import type { CommandContext } from '@xanthus/kernel';
import type { Written } from '@xanthus/proto';
import { preferences } from '../domain/preferences.js';
import type { Handle } from './handle.js';

const VIEW_PATIENCE = 2_000;

export class Preferences {
  constructor(private readonly deps: { readonly handle: Handle; readonly views: Views }) {}

  /** `context.id` is the person's. @throws Refusal PREFERENCES.… */
  async set(context: CommandContext, changes: Readonly<Record<string, unknown>>): Promise<Written> {
    const { id, stream, seq } = await this.deps.handle(preferences, context, { type: 'SetPreferences', changes });
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}
