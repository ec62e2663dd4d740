/** What is to be done next for a server: pure, from what its three aggregates say. Whoever is interrupted anywhere asks again and goes on. */
import { INSTALL_STEPS, SET_UP_STEPS, type RemovalStep, type SetUpStep } from '@xanthus/proto/vps';
import type { RemovalCommand } from '../removal/removal.decide.js';
import type { RemovalState } from '../removal/removal.js';
import type { CreateCommand } from '../server/decide-create.js';
import { isLive, type Machine, type ServerState } from '../server/server.js';
import type { ProvisioningCommand } from './provisioning.decide.js';
import type { Plan, ProvisioningState } from './provisioning.js';

export interface Situation { readonly server: ServerState; readonly run: ProvisioningState; readonly removal: RemovalState }

export type Move =
  /** Nothing, until somebody wishes something. */
  | { readonly do: 'rest' }
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'tell-server'; readonly command: CreateCommand }
  | { readonly do: 'tell-run'; readonly command: ProvisioningCommand }
  | { readonly do: 'tell-removal'; readonly command: RemovalCommand }
  | { readonly do: 'step'; readonly step: SetUpStep }
  | { readonly do: 'removal-step'; readonly step: RemovalStep }
  /** The set-up script on a server that stays. */
  | { readonly do: 'stop-script'; readonly round: number };

const REST: Move = { do: 'rest' };
const until = (retry_at: string | null, now: number): Move | undefined => (retry_at !== null && Date.parse(retry_at) > now ? { do: 'wait', until: Date.parse(retry_at) } : undefined);

export const createPlan = (name: string): Plan => ({ kind: 'create', steps: [...SET_UP_STEPS], name });
export const installPlan = (name: string): Plan => ({ kind: 'install', steps: [...INSTALL_STEPS], name });

const removing = (machine: Machine, { run, removal }: Situation, now: number): Move => {
  const begin: Move = { do: 'tell-removal', command: { type: 'StartRemoval', data: { reason: run.status === 'cancelling' ? 'cancelled' : 'deleted', name: machine.name, round: machine.removals ?? 1 } } };
  switch (removal.status) {
    case 'none': return begin;
    case 'failed': {
      if ((machine.removals ?? 0) > removal.run.rounds) return begin;
      const { step, code, message } = removal.failure;
      return { do: 'tell-server', command: { type: 'FailRemoval', data: { step, reason: { code, message }, round: machine.removals ?? 1 } } };
    }
    case 'running': return until(removal.run.retry_at, now) ?? (removal.run.step === null ? REST : { do: 'removal-step', step: removal.run.step });
    case 'finished': return run.status === 'running' || run.status === 'cancelling' || run.status === 'failed' ? { do: 'tell-run', command: { type: 'Cancelled', data: { round: run.run.round } } } : { do: 'tell-server', command: { type: 'FinishRemoval' } };
  }
};

const underWay = (machine: Machine): boolean => machine.lifecycle === 'creating' || machine.lifecycle === 'setting-up';

const making = (machine: Machine, run: ProvisioningState, now: number): Move => {
  switch (run.status) {
    case 'none': return machine.order && machine.lifecycle === 'creating' ? { do: 'tell-run', command: { type: 'Start', data: createPlan(machine.name) } } : REST;
    case 'running': {
      const { step, retry_at, round } = run.run;
      if (step === null) return REST;
      if (!underWay(machine) || round > (machine.set_up_round ?? 0)) return { do: 'tell-server', command: { type: 'StartSetUp', data: { step, round } } };
      return until(retry_at, now) ?? { do: 'step', step };
    }
    case 'cancelling':
      if (run.run.plan.kind === 'create') return { do: 'tell-server', command: { type: 'CancelCreation' } };
      return (machine.lifecycle ?? 'ready') === 'ready' ? { do: 'tell-run', command: { type: 'Cancelled', data: { round: run.run.round } } } : { do: 'stop-script', round: run.run.round };
    case 'failed': return underWay(machine) ? { do: 'tell-server', command: { type: 'FailSetUp', data: { ...run.failure, round: run.run.round } } } : REST;
    case 'finished': return underWay(machine) ? { do: 'tell-server', command: { type: 'MarkReady', data: { round: run.run.round } } } : REST;
    case 'cancelled': return REST;
  }
};

export const nextMove = (situation: Situation, now: number): Move => {
  const { server, run } = situation;
  if (!isLive(server) || server.machine.lifecycle === 'removal-failed') return REST;
  return server.machine.lifecycle === 'deleting' ? removing(server.machine, situation, now) : making(server.machine, run, now);
};
