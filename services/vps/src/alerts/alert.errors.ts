import { Refusal } from '@xanthus/kernel';

export const notOpen = (): Refusal => new Refusal('ALERT.NOT_OPEN', 'There is no such alert open now: it may just have cleared.');
export const untilInvalid = (): Refusal => new Refusal('ALERT.UNTIL_INVALID', 'Give a time from now on, at most 90 days ahead.');
