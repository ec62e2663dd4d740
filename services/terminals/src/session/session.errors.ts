import { Refusal } from '@xanthus/kernel';
import type { SessionEnd } from './session.js';

const ENDED: Readonly<Record<SessionEnd['how'], string>> = {
  exit: 'its shell ended', closed: 'its owner closed it', killed: 'it was ended by an administrator', idle: 'nobody had typed for long', time: 'its time was up', rights: 'its owner may no longer work on the server', failed: 'it could not be opened',
  lost: 'its connection was lost', 'server-gone': 'its server is gone', recording: 'it could not be recorded',
};
export const notFound = (): Refusal => new Refusal('SESSION.NOT_FOUND', 'There is no such session.');
export const hasEnded = ({ how, message }: SessionEnd): Refusal => new Refusal('SESSION.ENDED', `This session is over: ${ENDED[how]}${message === '' ? '' : ` (${message})`}. Open a new one.`, { how });
export const notYours = (who: string): Refusal => new Refusal('SESSION.NOT_YOURS', `Only ${who} can do that.`);
export const isOwner = (): Refusal => new Refusal('SESSION.IS_OWNER', 'That is the owner of this session: hand it over first, or end it.');
export const notInIt = (): Refusal => new Refusal('SESSION.NOT_IN_IT', 'That person is not in this session: invite them first.');
export const notOpen = (): Refusal => new Refusal('SESSION.NOT_OPEN', 'Its shell does not run (yet).', undefined, true);
export const tooManyPeople = (most: number): Refusal => new Refusal('SESSION.TOO_MANY', `At most ${most} people can be in a session.`);
export const noExtension = (): Refusal => new Refusal('SESSION.NO_MORE_TIME', 'The operator of this installation allows no more time. Open a new session.');
export const notInvited = (): Refusal => new Refusal('SESSION.NOT_INVITED', 'You are not in this session. Ask its owner to invite you.');
