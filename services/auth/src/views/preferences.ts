import { keyedProjection } from '@xanthus/kernel';
import { INSTALLATION, viewKey, type DataOf } from '@xanthus/proto';
import { preferencesView } from '@xanthus/proto/auth';
import { withChanges } from '../domain/preferences.js';
import { authEvent } from './event.js';

/** What a person likes in the console; goes with the person. */
export const preferencesOf = keyedProjection<DataOf<typeof preferencesView>>({
  name: 'preferences', version: 1, schema: preferencesView.schema,
  keys: event => (event.aggregate.name === 'preferences' || event.type === 'PersonForgotten' ? [viewKey(INSTALLATION, 'preferences', event.aggregate.id)] : []),
  evolve(data, recorded) {
    const event = authEvent(recorded);
    if (event?.type === 'PersonForgotten') return undefined;
    return event?.type === 'PreferencesSet' ? { person: event.aggregate.id, values: withChanges(data?.values ?? {}, event.data.changes) } : data;
  },
});
