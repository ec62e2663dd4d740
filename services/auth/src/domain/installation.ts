/** The installation: one aggregate, id `xanthus`. Nobody owns it until a set-up link was used. */
import type { AggregateType, Decider } from '@xanthus/kernel';
import { Refusal } from '@xanthus/kernel';
import { authEvents } from '@xanthus/proto/auth';
import type { EventOf } from '@xanthus/proto';
import { schemasOf } from './schemas.js';

const events = { SetupLinkIssued: authEvents.SetupLinkIssued, SetupCompleted: authEvents.SetupCompleted };
export type InstallationEvent = EventOf<typeof events>;

export type InstallationState =
  | { readonly status: 'unowned'; readonly link?: { readonly token_sha256: string; readonly expires_at: string } }
  | { readonly status: 'owned'; readonly tenant: string; readonly person: string };

export type InstallationCommand =
  | { readonly type: 'IssueSetupLink'; readonly token_sha256: string; readonly expires_at: string }
  /** Changes nothing: is this the link? Asked before anything is made. */
  | { readonly type: 'CheckSetupLink'; readonly token_sha256: string }
  | { readonly type: 'CompleteSetup'; readonly token_sha256: string; readonly tenant: string; readonly person: string };

const alreadyDone = () => new Refusal('SETUP.ALREADY_DONE', 'This installation has an owner already; log in instead.');

const checkLink = (state: InstallationState, token_sha256: string, now: string): void => {
  if (state.status === 'owned') throw alreadyDone();
  if (state.link?.token_sha256 !== token_sha256) throw new Refusal('SETUP.LINK_INVALID', 'This set-up link is not the newest one. Print a fresh one with: npm start -- setup-link');
  if (state.link.expires_at <= now) throw new Refusal('SETUP.LINK_EXPIRED', 'This set-up link has expired. Print a fresh one with: npm start -- setup-link');
};

const decider: Decider<InstallationState, InstallationCommand, InstallationEvent> = {
  initialState: { status: 'unowned' },
  decide(state, command, context) {
    switch (command.type) {
      case 'IssueSetupLink':
        if (state.status === 'owned') throw alreadyDone();
        return [{ type: 'SetupLinkIssued', data: { token_sha256: command.token_sha256, expires_at: command.expires_at } }];
      case 'CheckSetupLink':
        checkLink(state, command.token_sha256, context.now);
        return [];
      case 'CompleteSetup':
        checkLink(state, command.token_sha256, context.now);
        return [{ type: 'SetupCompleted', data: { tenant: command.tenant, person: command.person } }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'SetupLinkIssued': return state.status === 'owned' ? state : { status: 'unowned', link: event.data };
      case 'SetupCompleted': return { status: 'owned', ...event.data };
      default: return state;
    }
  },
};

export const installation: AggregateType<InstallationState, InstallationCommand, InstallationEvent> = { service: 'auth', name: 'installation', decider, schemas: schemasOf(events) };
