import { Refusal } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import { INSTALLATION, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import { openSession, proveSession, refreshSession, revokeAllSessions, revokeSession, sessionAddresses, switchSession } from '@xanthus/proto/auth';
import { LogIns } from '../app/log-in/log-ins.js';
import { People } from '../app/people.js';
import { Sessions } from '../app/sessions.js';
import { gatewayOnly, ownSession } from './own.js';

/** Sessions belong to persons at a browser: nothing here for a tenant's NATS clients. */
@Doors()
export class SessionDoors {
  constructor(private readonly sessions: Sessions, private readonly logIns: LogIns, private readonly people: People) {}

  @CommandDoor(openSession, { external: false })
  async open(input: ParsedInputOf<typeof openSession>, call: Call): Promise<OutputOf<typeof openSession>> {
    gatewayOnly(call);
    return this.logIns.logIn(call.context(), input);
  }

  @CommandDoor(refreshSession, { external: false })
  async refresh(input: ParsedInputOf<typeof refreshSession>, call: Call): Promise<OutputOf<typeof refreshSession>> {
    gatewayOnly(call);
    return this.sessions.refresh(call.context(), input.refresh_token);
  }

  @CommandDoor(switchSession, { external: false })
  async switch(input: ParsedInputOf<typeof switchSession>, call: Call): Promise<OutputOf<typeof switchSession>> {
    gatewayOnly(call);
    return this.sessions.switch(call.context(), input.tenant, input.device);
  }

  @CommandDoor(revokeSession, { external: false })
  async revoke(_input: ParsedInputOf<typeof revokeSession>, call: Call): Promise<OutputOf<typeof revokeSession>> {
    const { identity } = call;
    if (call.tenant !== INSTALLATION) throw new Refusal('DENIED', 'This is for a person with a session.');
    // The gateway logs out the session of the cookie it was shown; a person ends one of their own.
    const own = identity.kind === 'service' || identity.session === call.id;
    return this.sessions.end(call.context(), own ? 'logged_out' : 'revoked', identity.kind === 'service' ? (identity.act?.id ?? null) : identity.id);
  }

  @CommandDoor(revokeAllSessions, { external: false })
  async revokeAll(input: ParsedInputOf<typeof revokeAllSessions>, call: Call): Promise<OutputOf<typeof revokeAllSessions>> {
    const { person, session } = ownSession(call);
    return { ended: await this.sessions.endAll({ ...call.context(), presumed_new: undefined }, person, 'revoked', input.this_too ? {} : { keep: session }) };
  }

  @CommandDoor(proveSession, { external: false })
  async prove(input: ParsedInputOf<typeof proveSession>, call: Call): Promise<OutputOf<typeof proveSession>> {
    const { person, session } = ownSession(call);
    if (session !== call.id) throw new Refusal('DENIED', 'Only the session that asks can be proved.');
    return this.people.prove(call.context(), person, input);
  }

  @QueryDoor(sessionAddresses, { external: false })
  async addresses(_input: ParsedInputOf<typeof sessionAddresses>, call: Call): Promise<OutputOf<typeof sessionAddresses>> {
    return this.sessions.addresses(ownSession(call).person);
  }
}
