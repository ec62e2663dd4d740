import { CapabilityMirror, CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import {
  backchannelLogout, defineOidcProvider, linkIdentity, oidcLogoutUrl, oidcOptions, removeOidcProvider, startOidc, startOidcLink, testOidcProvider, unlinkIdentity,
} from '@xanthus/proto/auth';
import { Identities } from '../app/oidc/identities.js';
import { OidcLogIn } from '../app/oidc/log-in.js';
import { OidcProviders } from '../app/oidc/providers.js';
import { OidcSessions } from '../app/oidc/sessions.js';
import { granterOf } from './granter.js';
import { gatewayOnly, ownSession } from './own.js';

/** Log-ins belong to persons at a browser: nothing here for a tenant's NATS clients. */
const INSIDE = { external: false } as const;

@Doors()
export class OidcDoors {
  constructor(private readonly providers: OidcProviders, private readonly logIns: OidcLogIn, private readonly sessions: OidcSessions, private readonly identities: Identities, private readonly rights: CapabilityMirror) {}

  @CommandDoor(defineOidcProvider, INSIDE)
  define(input: ParsedInputOf<typeof defineOidcProvider>, call: Call): Promise<OutputOf<typeof defineOidcProvider>> {
    return this.providers.define(call.context(), granterOf(this.rights, call), input);
  }

  @CommandDoor(removeOidcProvider, INSIDE)
  remove(_input: ParsedInputOf<typeof removeOidcProvider>, call: Call): Promise<OutputOf<typeof removeOidcProvider>> {
    return this.providers.remove(call.context());
  }

  @QueryDoor(testOidcProvider, INSIDE)
  test(input: ParsedInputOf<typeof testOidcProvider>, call: Call): Promise<OutputOf<typeof testOidcProvider>> {
    return this.providers.test(call.tenant, input);
  }

  @QueryDoor(oidcOptions, INSIDE)
  options(input: ParsedInputOf<typeof oidcOptions>, call: Call): Promise<OutputOf<typeof oidcOptions>> {
    gatewayOnly(call);
    return this.providers.options(input.tenant);
  }

  @QueryDoor(startOidc, INSIDE)
  start(input: ParsedInputOf<typeof startOidc>, call: Call): Promise<OutputOf<typeof startOidc>> {
    gatewayOnly(call);
    return this.logIns.start(call.context(), input);
  }

  @QueryDoor(startOidcLink, INSIDE)
  startLink(input: ParsedInputOf<typeof startOidcLink>, call: Call): Promise<OutputOf<typeof startOidcLink>> {
    return this.logIns.startLink(call.context(), ownSession(call), input);
  }

  @CommandDoor(linkIdentity, INSIDE)
  link(input: ParsedInputOf<typeof linkIdentity>, call: Call): Promise<OutputOf<typeof linkIdentity>> {
    gatewayOnly(call);
    return this.logIns.link(call.context(), input);
  }

  @CommandDoor(unlinkIdentity, INSIDE)
  unlink(_input: ParsedInputOf<typeof unlinkIdentity>, call: Call): Promise<OutputOf<typeof unlinkIdentity>> {
    return this.identities.unlink(call.context(), ownSession(call).person);
  }

  @CommandDoor(backchannelLogout, INSIDE)
  async backchannelLogout(input: ParsedInputOf<typeof backchannelLogout>, call: Call): Promise<OutputOf<typeof backchannelLogout>> {
    gatewayOnly(call);
    return { ended: await this.sessions.logOut(`${call.tenant}.${call.id}`, input.logout_token) };
  }

  @QueryDoor(oidcLogoutUrl, INSIDE)
  async logoutUrl(input: ParsedInputOf<typeof oidcLogoutUrl>, call: Call): Promise<OutputOf<typeof oidcLogoutUrl>> {
    gatewayOnly(call);
    return { url: await this.sessions.logoutUrl(call.id, input.return_to) };
  }
}
