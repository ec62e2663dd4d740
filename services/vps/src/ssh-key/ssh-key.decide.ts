import type { AggregateType, Decider } from '@xanthus/kernel';
import { keyExists, keyInUse, keyNotFound } from './ssh-key.errors.js';
import { evolveSshKey, initialSshKey, type SshKeyEvent, type SshKeyState } from './ssh-key.js';

type DataOf<T extends SshKeyEvent['type']> = Extract<SshKeyEvent, { type: T }>['data'];

export type SshKeyCommand =
  | { readonly type: 'Generate'; readonly data: DataOf<'SshKeyGenerated'> }
  | { readonly type: 'Import'; readonly data: DataOf<'SshKeyImported'> }
  /** `usedBy`: servers that are reached with it. */
  | { readonly type: 'Remove'; readonly data: { readonly usedBy: readonly string[] } };

export const sshKeyDecider: Decider<SshKeyState, SshKeyCommand, SshKeyEvent> = {
  initialState: initialSshKey,
  evolve: evolveSshKey,
  decide(state, command) {
    if (command.type === 'Remove') {
      if (state.status === 'absent' || state.status === 'removed') throw keyNotFound();
      if (command.data.usedBy.length > 0) throw keyInUse(command.data.usedBy);
      return [{ type: 'SshKeyRemoved', data: {} }];
    }
    if (state.status !== 'absent') throw keyExists();
    return command.type === 'Generate' ? [{ type: 'SshKeyGenerated', data: command.data }] : [{ type: 'SshKeyImported', data: command.data }];
  },
};

export const sshKeyType: AggregateType<SshKeyState, SshKeyCommand, SshKeyEvent> = {
  service: 'vps', name: 'ssh-key', decider: sshKeyDecider, schemas: { SshKeyGenerated: 1, SshKeyImported: 1, SshKeyRemoved: 1 },
};
