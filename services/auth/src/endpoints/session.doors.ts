import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { openSession, refreshSession, revokeSession } from '@xanthus/proto/auth';
import { Sessions } from '../app/sessions.js';

/** Sessions belong to persons at a browser: nothing here for a tenant's NATS clients. */
@Doors()
export class SessionDoors {
  constructor(private readonly sessions: Sessions) {}

  @CommandDoor(openSession, { external: false })
  open(input: ParsedInputOf<typeof openSession>, call: Call): Promise<OutputOf<typeof openSession>> {
    return this.sessions.logIn(call.context(), input);
  }

  @CommandDoor(refreshSession, { external: false })
  refresh(input: ParsedInputOf<typeof refreshSession>, call: Call): Promise<OutputOf<typeof refreshSession>> {
    return this.sessions.refresh(call.context(), input.refresh_token);
  }

  @CommandDoor(revokeSession, { external: false })
  revoke(_input: ParsedInputOf<typeof revokeSession>, call: Call): Promise<OutputOf<typeof revokeSession>> {
    const { identity } = call;
    // The gateway logs out the session of the cookie it was shown; a person ends one of their own.
    const own = identity.kind === 'service' || identity.session === call.id;
    return this.sessions.end(call.context(), own ? 'logged_out' : 'revoked', identity.kind === 'service' ? (identity.act?.id ?? null) : identity.id);
  }
}
