/**
 * What may be done with a server now, and if not, why: the one table that the service decides by and the console greys its buttons by. Pure, and
 * without a schema, so that it costs the console's bundle nothing.
 */

import type { ProviderCapabilities } from './catalogue.js';

export const POWER_COMMANDS = ['power-on', 'power-off', 'reboot', 'reset', 'shutdown'] as const;
export type PowerCommand = (typeof POWER_COMMANDS)[number];
/** The same in the words of providers. */
export const POWER_OF: Readonly<Record<PowerCommand, ProviderCapabilities['power'][number]>> = { 'power-on': 'on', 'power-off': 'off', reboot: 'reboot', reset: 'reset', shutdown: 'shutdown' };

export const SERVER_ACTIONS = [...POWER_COMMANDS, 'resize', 'rebuild', 'create-snapshot', 'delete-snapshot', 'set-time-zone', 'apply-manifest', 'read-kubeconfig', 'change-keys', 'read-logs'] as const;
export type ServerAction = (typeof SERVER_ACTIONS)[number];

/** `unknown`: nobody has told yet. An adopted machine that was shut down from here is `off` until it answers again. */
export const POWER_STATES = ['running', 'off', 'unknown'] as const;
export type PowerState = (typeof POWER_STATES)[number];

/** What the provider of a server can do; all that this table needs of its capabilities. */
export type Abilities = Pick<ProviderCapabilities, 'power' | 'resize' | 'rebuild' | 'snapshots'>;
/** Of a machine that no provider of ours holds: all that is left is what it does by itself. */
export const NO_ABILITIES: Abilities = { power: [], resize: false, rebuild: false, snapshots: false };

export interface ActionSubject {
  readonly status: 'connecting' | 'reachable' | 'unreachable' | 'blocked';
  /** Absent: as good as `ready`, as every adopted machine is. */
  readonly lifecycle?: string | undefined;
  readonly power?: PowerState | undefined;
  /** What runs on it now: one thing at a time. */
  readonly operation?: { readonly kind: string } | null | undefined;
  readonly facts?: { readonly k3s: string | null; readonly sudo: boolean } | null | undefined;
}

/** `way`: done by the provider, or over SSH. `warning` is said before a person confirms. */
export type Verdict =
  | { readonly allowed: true; readonly way: 'provider' | 'ssh'; readonly warning?: string }
  | { readonly allowed: false; readonly code: string; readonly reason: string };

const no = (code: string, reason: string): Verdict => ({ allowed: false, code, reason });
const byProvider = (warning?: string): Verdict => ({ allowed: true, way: 'provider', ...(warning === undefined ? {} : { warning }) });
const overSsh = (warning?: string): Verdict => ({ allowed: true, way: 'ssh', ...(warning === undefined ? {} : { warning }) });

const NOT_SUPPORTED = 'SERVER.NOT_SUPPORTED';
const NOT_ALLOWED = 'SERVER.NOT_ALLOWED_NOW';
export const OPERATION_WORDS: Readonly<Record<string, string>> = {
  'power-on': 'switching on', 'power-off': 'switching off', reboot: 'rebooting', reset: 'resetting', shutdown: 'shutting down', resize: 'changing its type', rebuild: 'rebuilding',
  'create-snapshot': 'making a snapshot', 'delete-snapshot': 'deleting a snapshot',
};

/** The machine must answer over SSH. */
const reached = (s: ActionSubject): Verdict | undefined => {
  if (s.status === 'blocked') return no('SERVER.BLOCKED', 'Its host key changed: nothing is sent to it until somebody accepts the new one.');
  if (s.power === 'off') return no(NOT_ALLOWED, 'It is switched off.');
  if (s.status === 'unreachable') return no(NOT_ALLOWED, 'It does not answer over SSH now.');
  return undefined;
};
const asRoot = (s: ActionSubject): Verdict | undefined => (s.facts?.sudo === false ? no(NOT_ALLOWED, 'Its user is neither root nor has sudo without a password.') : undefined);
const withK3s = (s: ActionSubject): Verdict | undefined => (s.facts && s.facts.k3s === null ? no(NOT_ALLOWED, 'K3s is not installed on it.') : undefined);

const UNSAVED = 'What is not written to its disk is lost.';
const ALONE = 'Nobody can switch it on again from here: that takes somebody at the machine, or its own provider\'s console.';

const power = (action: PowerCommand, s: ActionSubject, a: Abilities): Verdict => {
  const off = s.power === 'off';
  if (action === 'power-on' && s.power === 'running') return no(NOT_ALLOWED, 'It is switched on already.');
  if (action !== 'power-on' && off) return no(NOT_ALLOWED, 'It is switched off already.');
  if (a.power.includes(POWER_OF[action])) return byProvider(action === 'power-off' || action === 'reset' ? UNSAVED : undefined);
  if (action === 'reboot' || action === 'shutdown') return reached(s) ?? asRoot(s) ?? overSsh(action === 'shutdown' && !a.power.includes('on') ? ALONE : undefined);
  return no(NOT_SUPPORTED, action === 'power-on' ? 'No provider of yours can switch this machine on.' : 'Only a provider can do this, and this machine has none here.');
};

const snapshots = (a: Abilities): Verdict => (a.snapshots ? byProvider() : no(NOT_SUPPORTED, 'This server\'s provider makes no snapshots here.'));

const verdict = (action: ServerAction, s: ActionSubject, a: Abilities): Verdict => {
  switch (action) {
    case 'resize': return !a.resize ? no(NOT_SUPPORTED, 'This server\'s provider cannot change its type.')
      : s.power !== 'off' ? no(NOT_ALLOWED, 'Switch it off first: its type changes only while it is off.') : byProvider();
    case 'rebuild': return a.rebuild ? byProvider('Everything on its disk is lost.') : no(NOT_SUPPORTED, 'This server\'s provider cannot rebuild it.');
    case 'create-snapshot': case 'delete-snapshot': return snapshots(a);
    case 'set-time-zone': case 'read-kubeconfig': case 'apply-manifest': return reached(s) ?? asRoot(s) ?? (action === 'set-time-zone' ? undefined : withK3s(s)) ?? overSsh();
    case 'change-keys': case 'read-logs': return reached(s) ?? overSsh();
    default: return power(action, s, a);
  }
};

/** Do these wait for each other, or may they be done while something else runs? */
const SIDE_BY_SIDE: readonly ServerAction[] = ['read-logs', 'read-kubeconfig', 'change-keys', 'set-time-zone', 'apply-manifest'];

/** May this be done with the server as it is now? */
export const allowedAction = (action: ServerAction, s: ActionSubject, a: Abilities = NO_ABILITIES): Verdict => {
  if (s.lifecycle === 'deleting' || s.lifecycle === 'removal-failed') return no(NOT_ALLOWED, 'It is being deleted.');
  // What can be asked of it helps to find out why it does not get ready.
  if (s.lifecycle === 'creating' && action !== 'read-logs') return no(NOT_ALLOWED, 'It is still being made.');
  if (s.lifecycle === 'setting-up' && !SIDE_BY_SIDE.includes(action)) return no('SERVER.BUSY', 'It is being set up. Wait until that has ended, or cancel it.');
  if (s.operation && !SIDE_BY_SIDE.includes(action)) return no('SERVER.BUSY', `It is busy: ${OPERATION_WORDS[s.operation.kind] ?? s.operation.kind}. Wait until that has ended.`);
  return verdict(action, s, a);
};

/** The whole table for one server. */
export const allowedActions = (s: ActionSubject, a: Abilities = NO_ABILITIES): Readonly<Record<ServerAction, Verdict>> =>
  Object.fromEntries(SERVER_ACTIONS.map(action => [action, allowedAction(action, s, a)])) as Record<ServerAction, Verdict>;
