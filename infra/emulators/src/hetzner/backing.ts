import type { Architecture } from './state.js';

/** What a machine starts with. `user_data` is the cloud-config as it was sent; it decides about host keys and the port of SSH. */
export interface MachineSpec {
  readonly id: number;
  readonly name: string;
  readonly image: string;
  readonly architecture: Architecture;
  readonly cores: number;
  /** GB */
  readonly memory: number;
  readonly disk: number;
  readonly user_data: string;
  /** Public keys that root may log in with. */
  readonly ssh_keys: readonly string[];
}

/** A real machine behind a server of the emulator, e.g. an sshd in a jail. */
export interface BackedMachine {
  /** Known from the start, as the API tells it with its first answer. */
  readonly address: string;
  /** Switches it on: the first time its user_data is applied. Resolves once it is on; its SSH may come later. */
  boot(): Promise<void>;
  /** Switches it off. `hard`: its plug is pulled. */
  halt(hard: boolean): Promise<void>;
  /** A new disk from the image; it is off after that. */
  rebuild(image: string, user_data: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes machines, switched off. */
export interface Backing { create(spec: MachineSpec): Promise<BackedMachine> }
