import { Refusal } from '@xanthus/kernel';
import type { ApplicationAction, WorkKind } from '@xanthus/proto/applications';
import type { LivingApplication } from './application.js';

export const notFound = (): Refusal => new Refusal('APPLICATION.NOT_FOUND', 'There is no such application. It may have been deleted.');
const DOING: Readonly<Record<WorkKind, string>> = {
  deploy: 'deployed', upgrade: 'upgraded', 'set-values': 'given other values', rollback: 'taken back to an earlier release', expose: 'given another address', unexpose: 'having an address taken away', revert: 'made again as its release says',
  delete: 'deleted', restart: 'restarted', stop: 'stopped', start: 'started', scale: 'scaled', password: 'given another password', certificate: 'given a renewed certificate',
};
export const busy = (work: WorkKind): Refusal => new Refusal('APPLICATION.BUSY', `It is being ${DOING[work]}. Wait until that has ended, or cancel it.`, { work }, true);
export const notAllowedNow = (action: ApplicationAction, state: LivingApplication, next: readonly ApplicationAction[]): Refusal =>
  new Refusal('APPLICATION.NOT_ALLOWED_NOW', `${action} is not possible while the application is ${state.status}. ${next.length === 0 ? 'Wait until what is under way has ended.' : `Possible now: ${next.join(', ')}.`}`, { status: state.status, next });
export const nameTaken = (name: string): Refusal => new Refusal('APPLICATION.NAME_TAKEN', `Another application is called ${name}. Choose another name.`);
export const hostTaken = (host: string): Refusal => new Refusal('APPLICATION.HOST_TAKEN', `Another application has the address ${host}. Choose another subdomain.`);
export const placeTaken = (release: string): Refusal => new Refusal('APPLICATION.NAME_TAKEN', `There is a release ${release} of another application on this server. Choose another subdomain or name.`);
