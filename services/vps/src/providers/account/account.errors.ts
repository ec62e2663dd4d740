import { Refusal } from '@xanthus/kernel';

export const notConnected = (): Refusal => new Refusal('PROVIDER.NOT_CONNECTED', 'There is no such account at a provider. Connect one under Providers.');
export const connectedBefore = (): Refusal => new Refusal('PROVIDER.EXISTS', 'This account was connected already by another command.');
export const accountNameTaken = (name: string): Refusal => new Refusal('PROVIDER.NAME_TAKEN', `Another account is called ${name} already.`, { name });
export const accountInUse = (servers: readonly string[]): Refusal => new Refusal('PROVIDER.IN_USE', `${servers.length === 1 ? 'A server is' : `${servers.length} servers are`} at this account. Delete ${servers.length === 1 ? 'it' : 'them'} first.`, { servers });
export const keyInUse = (name?: string): Refusal => new Refusal('PROVIDER.KEY_IN_USE', name === undefined ? 'This is connected already.' : `This is connected already, as ${name}.`, name === undefined ? undefined : { name });
export const otherAccount = (): Refusal => new Refusal('PROVIDER.OTHER_ACCOUNT', 'This key belongs to another account at the provider: its servers are not there. Connect it as an account of its own.');
