import { Refusal } from '@xanthus/kernel';

export const noChannel = (): Refusal => new Refusal('CHANNEL.NOT_FOUND', 'There is no such channel; it may have been removed.');
export const channelExists = (): Refusal => new Refusal('CHANNEL.EXISTS', 'This channel was defined before.');
export const nameTaken = (name: string): Refusal => new Refusal('CHANNEL.NAME_TAKEN', `There is a channel ${name} already; choose another name.`);
export const kindDiffers = (): Refusal => new Refusal('CHANNEL.KIND_DIFFERS', 'A channel stays of its kind; add another one instead.');
export const noOperatorServer = (): Refusal => new Refusal('CHANNEL.NO_SERVER', 'The operator has set up no mail server; give one of your own.');
export const unknownZone = (zone: string): Refusal => new Refusal('CHANNEL.TIME_ZONE_UNKNOWN', `There is no time zone ${zone}; give one as Europe/Berlin.`);
export const secretNeeded = (what: string): Refusal => new Refusal('CHANNEL.SECRET_NEEDED', `Give ${what} too; it is not known yet.`);
export const limitReached = (most: number): Refusal => new Refusal('CHANNEL.LIMIT_REACHED', `An organisation has at most ${most} channels. Remove one that isn't used.`);
/** Already at this door: an address that nobody may have us call. */
export const targetRefused = (why: string): Refusal => new Refusal('CHANNEL.TARGET_REFUSED', why);
