/** The part of a server's state that its life is about. */
import type { EventOf } from '@xanthus/proto';
import type { accessEvents, lifeEvents, operationEvents, PowerState } from '@xanthus/proto/vps';

export type LifeEvent = EventOf<typeof lifeEvents> | EventOf<typeof operationEvents> | EventOf<typeof accessEvents>;
type Started = Extract<LifeEvent, { type: 'OperationStarted' }>['data'];
type Progressed = Extract<LifeEvent, { type: 'OperationProgressed' }>['data'];

/** Long work that runs now. */
export interface Operation extends Omit<Started, 'operation'>, Omit<Progressed, 'operation'> { readonly id: string }

export interface LifeState {
  /** Absent: nobody has told, or it is clear from whether it answers. */
  readonly power?: PowerState;
  readonly type?: string;
  readonly image?: string;
  readonly time_zone?: string;
  readonly operation?: Operation;
}

/** Total: an event that does not fit changes nothing. */
export const evolveLife = <S extends LifeState>(state: S, event: LifeEvent): S => {
  const { operation } = state;
  switch (event.type) {
    case 'OperationStarted': {
      const { operation: id, ...about } = event.data;
      return { ...state, operation: { id, ...about } };
    }
    case 'OperationProgressed': {
      const { operation: id, ...news } = event.data;
      return operation?.id === id ? { ...state, operation: { ...operation, ...news } } : state;
    }
    case 'OperationFinished': case 'OperationFailed': {
      if (operation?.id !== event.data.operation) return state;
      const { operation: _ended, ...rest } = state;
      return rest as S;
    }
    case 'PowerChanged': return { ...state, power: event.data.to };
    case 'ServerResized': return { ...state, type: event.data.to };
    case 'ServerRebuilt': return { ...state, image: event.data.image };
    case 'TimeZoneSet': return { ...state, time_zone: event.data.to };
    default: return state;
  }
};
