import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import { evolveRecording, goesAt, initialRecording, type RecordingEnd, type RecordingEvent, type RecordingState } from './recording.js';

type Started = Extract<RecordingEvent, { type: 'RecordingStarted' }>['data'];
type Opened = Extract<RecordingEvent, { type: 'RecordingOpened' }>['data'];
export type RecordingCommand =
  | { readonly type: 'Start'; readonly about: Started }
  | { readonly type: 'End'; readonly end: RecordingEnd }
  | { readonly type: 'Open'; readonly what: Opened['what'] }
  | { readonly type: 'Keep'; readonly until: string | null }
  | { readonly type: 'Delete'; readonly reason: string }
  | { readonly type: 'Expire' };

export const noRecording = (): Refusal => new Refusal('RECORDING.NOT_FOUND', 'There is no such recording (any more).');

export const recordingDecider: Decider<RecordingState, RecordingCommand, RecordingEvent> = {
  initialState: initialRecording,
  evolve: evolveRecording,
  decide(state, command, { now }) {
    if (command.type === 'Start') {
      // A session that another copy took up goes on with its recording.
      if (state.status === 'recording') return [];
      if (state.status === 'absent') return [{ type: 'RecordingStarted', data: command.about }];
      throw new Refusal('RECORDING.OVER', 'The recording of this session has ended; nothing can be added to it.');
    }
    if (state.status === 'absent' || state.status === 'gone') throw noRecording();
    switch (command.type) {
      case 'End': return state.status === 'ended' ? [] : [{ type: 'RecordingEnded', data: command.end }];
      case 'Open': return [{ type: 'RecordingOpened', data: { what: command.what } }];
      case 'Keep': {
        if (command.until !== null && command.until <= now) throw new Refusal('RECORDING.PAST', 'That moment is past. Name one that is to come, or delete the recording.');
        return state.keptUntil === command.until ? [] : [{ type: 'RecordingKept', data: { until: command.until } }];
      }
      case 'Delete': {
        if (state.status === 'recording') throw new Refusal('RECORDING.NOT_OVER', 'The session is still recorded. End the session first.');
        return [{ type: 'RecordingDeleted', data: { reason: command.reason } }];
      }
      case 'Expire': {
        const at = goesAt(state);
        return state.status === 'ended' && at !== undefined && at <= Date.parse(now) ? [{ type: 'RecordingExpired', data: {} }] : [];
      }
    }
  },
};

export const recordingType: AggregateType<RecordingState, RecordingCommand, RecordingEvent> = {
  service: 'terminals', name: 'recording', decider: recordingDecider,
  schemas: { RecordingStarted: 1, RecordingEnded: 1, RecordingOpened: 1, RecordingKept: 1, RecordingDeleted: 1, RecordingExpired: 1 },
};
