import { Refusal } from '@xanthus/kernel';
import type { ForwardEnd } from './forward.js';

const WHY: Readonly<Record<ForwardEnd['how'], string>> = { closed: 'it was closed', over: 'its time was up', rights: 'whoever opened it may no longer work on the server', 'server-gone': 'its server is gone', failed: 'it failed' };
export const notFound = (): Refusal => new Refusal('FORWARD.NOT_FOUND', 'There is no such open port.');
export const isOver = ({ how, message }: ForwardEnd): Refusal => new Refusal('FORWARD.OVER', `This port is no longer open: ${WHY[how]}${message === '' ? '' : ` (${message})`}. Open it again.`, { how });
export const notYours = (): Refusal => new Refusal('FORWARD.NOT_YOURS', 'Only whoever opened it can give it more time.');
export const notShared = (): Refusal => new Refusal('FORWARD.NOT_SHARED', 'This port is open for whoever opened it alone. Ask them to open it for the organisation.');
export const entryUsed = (): Refusal => new Refusal('FORWARD.ENTRY_USED', 'This link has let somebody in already. Choose “Open” in the console again.');
