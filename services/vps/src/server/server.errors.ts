import { Refusal } from '@xanthus/kernel';

export const notFound = (): Refusal => new Refusal('SERVER.NOT_FOUND', 'There is no such server.');
export const alreadyThere = (): Refusal => new Refusal('SERVER.EXISTS', 'This server was adopted already by another command.');
export const notBlocked = (): Refusal => new Refusal('SERVER.NOT_BLOCKED', 'No host key of this server is waiting to be accepted.');
export const fingerprintMismatch = (presented: string): Refusal =>
  new Refusal('SERVER.FINGERPRINT_MISMATCH', `The server shows ${presented} now. Compare again, and accept that one if it is right.`, { presented });
export const nameTaken = (name: string): Refusal => new Refusal('SERVER.NAME_TAKEN', `Another server is called ${name} already.`, { name });
export const sameType = (type: string): Refusal => new Refusal('SERVER.SAME_TYPE', `It has the type ${type} already.`, { type });
export const nameNotConfirmed = (): Refusal => new Refusal('SERVER.NAME_NOT_CONFIRMED', 'Type the name of the server to confirm this.');
