import { randomBytes } from 'node:crypto';
import type { Sandbox } from './contract.js';
import type { SandboxHost } from './host.js';

/** What an emulator knows of a server that shall be real. */
export interface BackingSpec { readonly name: string; readonly image: string; readonly user_data: string; /** Public keys of root. */ readonly ssh_keys: readonly string[] }

/** The form in which emulators take a machine; `infra/emulators` has the same by its own words. */
export interface BackedMachine {
  readonly address: string;
  /** Resolves once it is on and takes connections. */
  boot(): Promise<void>;
  halt(hard: boolean): Promise<void>;
  /** A new disk; it is off after that. */
  rebuild(image: string, userData: string): Promise<void>;
  remove(): Promise<void>;
}

/** Lets the servers of an emulator be sandboxes of this host, made switched off. Names there and here are apart: the emulator checks its own. */
export const backingOf = (host: SandboxHost): { create(spec: BackingSpec): Promise<BackedMachine> } => ({
  create: async spec => {
    const name = `${spec.name.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-+/, '').slice(0, 48)}-${randomBytes(4).toString('hex')}`.replace(/^-/, 'x-');
    const { id, address } = await host.create({ name, image: word(spec.image), ...(spec.user_data === '' ? {} : { user_data: spec.user_data }), ssh_keys: [...spec.ssh_keys], delay_ms: 0, start: false });
    const done = async (): Promise<void> => {
      const sandbox: Sandbox = await host.settled(id);
      if (sandbox.status === 'failed') throw new Error(`The sandbox behind ${spec.name} failed: ${sandbox.reason}.`);
    };
    return {
      address,
      boot: async () => {
        host.power(id, 'on');
        await done();
      },
      halt: async hard => {
        host.power(id, hard ? 'off' : 'shutdown');
        await done();
      },
      rebuild: async (image, userData) => {
        host.rebuild(id, { image: word(image), user_data: userData, start: false });
        await done();
      },
      remove: () => host.remove(id),
    };
  },
});

const word = (image: string): string => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(image) ? image : 'ubuntu-24.04');
