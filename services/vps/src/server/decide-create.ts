/** Making a server, setting it up, and deleting it: what people ask, and what the processes have come to. What comes too late decides nothing. */
import type { RemovalStep, SetUpStep } from '@xanthus/proto/vps';
import type { ServerRequested } from './creation-state.js';
import { alreadyThere, nameNotConfirmed, notFound } from './server.errors.js';
import { isLive, type Machine, type Problem, type ServerEvent, type ServerState } from './server.js';

export type CreateCommand =
  | { readonly type: 'Request'; readonly data: ServerRequested }
  | { readonly type: 'Place'; readonly data: { readonly host: string; readonly port: number; readonly provider_ref: string } }
  | { readonly type: 'StartSetUp'; readonly data: { readonly step: SetUpStep } }
  | { readonly type: 'MarkReady' }
  | { readonly type: 'FailSetUp'; readonly data: { readonly step: SetUpStep; readonly code: string; readonly message: string } }
  | { readonly type: 'StopSetUp' }
  /** A person's wish: one that was made here goes at its provider too, its name confirms it. */
  | { readonly type: 'Delete'; readonly data?: { readonly confirm_name?: string | undefined } }
  /** What was made of it so far is to go. */
  | { readonly type: 'CancelCreation' }
  | { readonly type: 'FailRemoval'; readonly data: { readonly step: RemovalStep; readonly reason: Problem } }
  | { readonly type: 'FinishRemoval' };

const CREATE_COMMANDS: ReadonlySet<string> = new Set<CreateCommand['type']>(['Request', 'Place', 'StartSetUp', 'MarkReady', 'FailSetUp', 'StopSetUp', 'Delete', 'CancelCreation', 'FailRemoval', 'FinishRemoval']);
export const isCreateCommand = (command: { readonly type: string }): command is CreateCommand => CREATE_COMMANDS.has(command.type);

type Events = readonly ServerEvent[];

const isLeaving = ({ lifecycle }: Machine): boolean => lifecycle === 'deleting' || lifecycle === 'removal-failed';
const isUnderWay = ({ lifecycle }: Machine): boolean => lifecycle === 'creating' || lifecycle === 'setting-up';

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
    case 'StartSetUp': return isUnderWay(machine) || isLeaving(machine) ? [] : [{ type: 'ServerSetUpStarted', data: command.data }];
    case 'MarkReady': return isUnderWay(machine) ? [{ type: 'ServerBecameReady', data: {} }] : [];
    case 'FailSetUp': return isUnderWay(machine) ? [{ type: 'ServerSetUpFailed', data: command.data }] : [];
    case 'StopSetUp': return isLeaving(machine) || (machine.lifecycle ?? 'ready') === 'ready' ? [] : [{ type: 'ServerSetUpStopped', data: {} }];
    case 'CancelCreation': return isLeaving(machine) || !machine.order ? [] : [{ type: 'ServerRemovalRequested', data: { reason: 'cancelled' } }];
    case 'FailRemoval': return machine.lifecycle === 'deleting' ? [{ type: 'ServerRemovalFailed', data: command.data }] : [];
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
