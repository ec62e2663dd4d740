/** Making a server, setting it up, and deleting it: what people ask, and what the processes have come to. What comes too late decides nothing. */
import type { RemovalStep, SetUpStep } from '@xanthus/proto/vps';
import type { ServerRequested } from './creation-state.js';
import { alreadyThere, nameNotConfirmed, notFound } from './server.errors.js';
import { isLive, type Machine, type Problem, type ServerEvent, type ServerState } from './server.js';

export type CreateCommand =
  | { readonly type: 'Request'; readonly data: ServerRequested }
  | { readonly type: 'Place'; readonly data: { readonly host: string; readonly port: number; readonly provider_ref: string } }
  /** `round`: of which set-up this is said. */
  | { readonly type: 'StartSetUp'; readonly data: { readonly step: SetUpStep; readonly round: number } }
  | { readonly type: 'MarkReady'; readonly data: { readonly round: number } }
  | { readonly type: 'FailSetUp'; readonly data: { readonly step: SetUpStep; readonly code: string; readonly message: string; readonly round: number } }
  | { readonly type: 'StopSetUp'; readonly data: { readonly round: number } }
  /** A person's wish: one that was made here goes at its provider too, its name confirms it. */
  | { readonly type: 'Delete'; readonly data?: { readonly confirm_name?: string | undefined } }
  /** What was made of it so far is to go. */
  | { readonly type: 'CancelCreation' }
  | { readonly type: 'FailRemoval'; readonly data: { readonly step: RemovalStep; readonly reason: Problem; readonly round: number } }
  | { readonly type: 'FinishRemoval' };

const CREATE_COMMANDS: ReadonlySet<string> = new Set<CreateCommand['type']>(['Request', 'Place', 'StartSetUp', 'MarkReady', 'FailSetUp', 'StopSetUp', 'Delete', 'CancelCreation', 'FailRemoval', 'FinishRemoval']);
export const isCreateCommand = (command: { readonly type: string }): command is CreateCommand => CREATE_COMMANDS.has(command.type);

type Events = readonly ServerEvent[];

const isLeaving = ({ lifecycle }: Machine): boolean => lifecycle === 'deleting' || lifecycle === 'removal-failed';
const isUnderWay = ({ lifecycle }: Machine): boolean => lifecycle === 'creating' || lifecycle === 'setting-up';

/** 0: it was never set up from here. */
const roundOf = (machine: Machine): number => machine.set_up_round ?? 0;

const remove = (machine: Machine, confirmed: string | undefined): Events => {
  if (!machine.order) return [{ type: 'ServerDeleted', data: {} }];
  if (confirmed !== machine.name) throw nameNotConfirmed();
  return machine.lifecycle === 'deleting' ? [] : [{ type: 'ServerRemovalRequested', data: { reason: 'deleted' } }];
};

/** Of a server that is there; undefined: not a command that needs one. */
const ofLive = (machine: Machine, command: Exclude<CreateCommand, { type: 'Request' | 'Delete' }>): Events => {
  switch (command.type) {
    case 'Place': {
      const { host, port, provider_ref } = command.data;
      return machine.host === host && machine.port === port && machine.provider_ref === provider_ref ? [] : [{ type: 'ServerPlaced', data: command.data }];
    }
    case 'StartSetUp': return isLeaving(machine) || command.data.round <= roundOf(machine) ? [] : [{ type: 'ServerSetUpStarted', data: command.data }];
    case 'MarkReady': return isUnderWay(machine) && command.data.round >= roundOf(machine) ? [{ type: 'ServerBecameReady', data: {} }] : [];
    case 'FailSetUp': {
      const { round, ...failure } = command.data;
      return isUnderWay(machine) && round >= roundOf(machine) ? [{ type: 'ServerSetUpFailed', data: failure }] : [];
    }
    case 'StopSetUp': return isLeaving(machine) || command.data.round < roundOf(machine) || (machine.lifecycle ?? 'ready') === 'ready' ? [] : [{ type: 'ServerSetUpStopped', data: {} }];
    case 'CancelCreation': return isLeaving(machine) || !machine.order ? [] : [{ type: 'ServerRemovalRequested', data: { reason: 'cancelled' } }];
    case 'FailRemoval': {
      const { round, ...failure } = command.data;
      return machine.lifecycle === 'deleting' && round === machine.removals ? [{ type: 'ServerRemovalFailed', data: failure }] : [];
    }
    case 'FinishRemoval': return isLeaving(machine) ? [{ type: 'ServerDeleted', data: {} }] : [];
  }
};

export const decideCreate = (state: ServerState, command: CreateCommand): Events => {
  if (command.type === 'Request') {
    if (state.status !== 'absent') throw alreadyThere();
    return [{ type: 'ServerRequested', data: command.data }];
  }
  if (command.type === 'Delete') {
    if (!isLive(state)) throw notFound();
    return remove(state.machine, command.data?.confirm_name);
  }
  return isLive(state) ? ofLive(state.machine, command) : [];
};
