/** OpenID providers of tenants, and the log-ins, identities and sessions that come from them. */
import { startLocked } from '@xanthus/jetstream';
import { createSafeFetch, natsPorts, outgoingAllow } from '@xanthus/net';
import { setTimeout as delay } from 'node:timers/promises';
import { openOidc } from '../adapters/oidc-client.js';
import { sealedFlows } from '../adapters/sealed-flow.js';
import { Invitations } from '../app/invitations.js';
import { Members } from '../app/members.js';
import { Identities } from '../app/oidc/identities.js';
import { OidcLogIn } from '../app/oidc/log-in.js';
import { OidcProviders } from '../app/oidc/providers.js';
import { OidcRoles } from '../app/oidc/roles.js';
import { OidcSessions } from '../app/oidc/sessions.js';
import { Roles } from '../app/roles.js';
import { OidcDoors } from '../endpoints/oidc.doors.js';
import { endSessionsWhenOidcProviderRemoved } from '../reactors/end-sessions-when-oidc-provider-removed.js';
import { forgetProviderTokensWhenSessionEnded } from '../reactors/forget-provider-tokens-when-session-ended.js';
import type { AuthCore, Part } from './part.js';

export const composeOidc = async (core: AuthCore): Promise<Part> => {
  const { nc, log, config, read, markers, logInAndJoin, onStop } = core;
  const allow = outgoingAllow(config.XANTHUS_OUTGOING_ALLOW);
  const fetch = createSafeFetch({ policy: { allow, ownPorts: natsPorts(config.XANTHUS_NATS_URL), setting: 'XANTHUS_OUTGOING_ALLOW' }, maxAnswer: 1024 * 1024 });
  onStop(() => fetch.close());
  const roles = new Roles(core);
  const members = new Members({ ...core, roles });
  const invitations = new Invitations({ ...core, members, roles, hmacKey: markers, logIn: logInAndJoin });
  const oidc = openOidc({ fetch });
  const providers = new OidcProviders({ ...core, roles, fetch, plainHttp: allow.length > 0 });
  const identities = new Identities(core);
  const oidcRoles = new OidcRoles({ read, members, roles, log });
  const sessions = new OidcSessions({ ...core, oidc, providers, identities, roles: oidcRoles });
  const logIns = new OidcLogIn({ ...core, members, invitations, oidc, flows: sealedFlows(markers), providers, identities, roles: oidcRoles, oidcSessions: sessions });

  const every = config.XANTHUS_OIDC_VERIFY_SECONDS * 1_000;
  const verifier = await startLocked(nc, {
    service: 'auth', name: 'oidc-sessions', log,
    run: async (signal) => {
      while (!signal.aborted) {
        await delay(every, undefined, { signal }).catch(() => undefined);
        if (!signal.aborted) await sessions.verify(signal).catch((error: unknown) => log.error({ err: error }, 'providers could not be asked about their sessions; it comes again'));
      }
    },
  });
  onStop(() => verifier.stop());

  return {
    logIns: { oidc: (context, input) => logIns.logIn(context, input) },
    controllers: [OidcDoors],
    providers: [
      { provide: OidcProviders, useValue: providers }, { provide: OidcLogIn, useValue: logIns }, { provide: OidcSessions, useValue: sessions }, { provide: Identities, useValue: identities },
    ],
    reactors: [endSessionsWhenOidcProviderRemoved(sessions), forgetProviderTokensWhenSessionEnded(sessions)],
    endings: [async (slug, context) => {
      for (const { id } of await core.views.list(slug, 'oidc-providers')) await providers.remove(context(id, 'oidc-provider'));
    }],
  };
};
