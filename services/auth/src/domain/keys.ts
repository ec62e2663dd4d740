/** What happened to the keys of secrets, for the audit; the keys themselves lie wrapped in a bucket of their own. */
import type { AggregateType } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const ringEvents = { DataKeyMade: authEvents.DataKeyMade, DataKeysRetired: authEvents.DataKeysRetired };
const masterEvents = { MasterKeyReplaced: authEvents.MasterKeyReplaced };
export type KeyRingEvent = EventOf<typeof ringEvents>;
export type MasterKeyEvent = EventOf<typeof masterEvents>;

export interface KeyRingState { readonly current: number; readonly older: readonly number[] }
/** What was done is told once. */
export type KeyRingCommand = { readonly type: 'NoteKeyMade'; readonly number: number } | { readonly type: 'NoteKeysRetired'; readonly numbers: readonly number[] };

/** Id: the service whose keys they are. */
export const keyRing: AggregateType<KeyRingState, KeyRingCommand, KeyRingEvent> = {
  service: 'auth', name: 'key-ring', schemas: schemasOf(ringEvents),
  decider: {
    initialState: { current: 1, older: [] },
    decide(state, command) {
      if (command.type === 'NoteKeyMade') return command.number > state.current ? [{ type: 'DataKeyMade', data: { number: command.number } }] : [];
      const numbers = command.numbers.filter(n => state.older.includes(n));
      return numbers.length === 0 ? [] : [{ type: 'DataKeysRetired', data: { numbers } }];
    },
    evolve(state, event) {
      switch (event.type) {
        case 'DataKeyMade': return { current: event.data.number, older: [...state.older, state.current] };
        case 'DataKeysRetired': return { ...state, older: state.older.filter(n => !event.data.numbers.includes(n)) };
        default: return state;
      }
    },
  },
};

export interface MasterKeyState { readonly primary: string | null }
export interface MasterKeyCommand { readonly type: 'NoteMasterKeyReplaced'; readonly primary: string; readonly rewrapped: number }

/** One, with the id `xanthus`. */
export const masterKey: AggregateType<MasterKeyState, MasterKeyCommand, MasterKeyEvent> = {
  service: 'auth', name: 'master-key', schemas: schemasOf(masterEvents),
  decider: {
    initialState: { primary: null },
    decide: (state, { primary, rewrapped }) => (state.primary === primary || rewrapped === 0 ? [] : [{ type: 'MasterKeyReplaced', data: { primary, rewrapped } }]),
    evolve: (state, event) => (event.type === 'MasterKeyReplaced' ? { primary: event.data.primary } : state),
  },
};
