import { Refusal } from '@xanthus/kernel';

export const keyNotFound = (): Refusal => new Refusal('SSH_KEY.NOT_FOUND', 'There is no such SSH key.');
export const keyExists = (): Refusal => new Refusal('SSH_KEY.EXISTS', 'This SSH key was made already by another command.');
export const keyInUse = (servers: readonly string[]): Refusal => new Refusal('SSH_KEY.IN_USE', 'A server is reached with this key; remove the server first.', { servers });
export const keyUnreadable = (): Refusal => new Refusal('SSH_KEY.UNREADABLE', 'Give one line as in authorized_keys: ssh-ed25519, ecdsa-sha2-nistp… or ssh-rsa, without options. A private key does not belong here.');
export const keyNameTaken = (name: string): Refusal => new Refusal('SSH_KEY.NAME_TAKEN', `Another SSH key is called ${name} already.`, { name });
