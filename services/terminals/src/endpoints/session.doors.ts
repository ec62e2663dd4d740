import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import { attachSession, closeSession, detachSession, extendSession, handOverSession, killSession, moderateSession, openSession, renameSession, resizeSession, shareSession, unshareSession } from '@xanthus/proto/terminals';
import type { TerminalsContext } from '../terminals.context.js';
import { change, end, extend, handOver, join, open, rename, resize, share } from '../use-cases/sessions.js';
import { TERMINALS_CONTEXT } from './tokens.js';

@Doors()
export class SessionDoors {
  constructor(@Inject(TERMINALS_CONTEXT) private readonly on: TerminalsContext) {}

  @CommandDoor(openSession)
  open(input: ParsedInputOf<typeof openSession>, call: Call): Promise<OutputOf<typeof openSession>> {
    return open(this.on, call, input);
  }

  @CommandDoor(attachSession)
  attach({ role }: ParsedInputOf<typeof attachSession>, call: Call): Promise<Written> {
    return join(this.on, call, role);
  }

  @CommandDoor(detachSession)
  detach(_input: ParsedInputOf<typeof detachSession>, call: Call): Promise<Written> {
    return change(this.on, call, { type: 'Leave' });
  }

  @CommandDoor(resizeSession)
  resize({ cols, rows }: ParsedInputOf<typeof resizeSession>, call: Call): Promise<Written> {
    return resize(this.on, call, cols, rows);
  }

  @CommandDoor(closeSession)
  close(_input: ParsedInputOf<typeof closeSession>, call: Call): Promise<Written> {
    return end(this.on, call, { type: 'Close' });
  }

  @CommandDoor(killSession)
  kill({ reason }: ParsedInputOf<typeof killSession>, call: Call): Promise<Written> {
    return end(this.on, call, { type: 'Kill', reason });
  }

  @CommandDoor(renameSession)
  rename({ title }: ParsedInputOf<typeof renameSession>, call: Call): Promise<Written> {
    return rename(this.on, call, title);
  }

  @CommandDoor(shareSession)
  share(input: ParsedInputOf<typeof shareSession>, call: Call): Promise<Written> {
    return share(this.on, call, input);
  }

  @CommandDoor(unshareSession)
  unshare({ person }: ParsedInputOf<typeof unshareSession>, call: Call): Promise<Written> {
    return change(this.on, call, { type: 'Unshare', person });
  }

  @CommandDoor(handOverSession)
  handOver({ person }: ParsedInputOf<typeof handOverSession>, call: Call): Promise<Written> {
    return handOver(this.on, call, person);
  }

  @CommandDoor(moderateSession)
  moderate({ on }: ParsedInputOf<typeof moderateSession>, call: Call): Promise<Written> {
    return change(this.on, call, { type: 'Moderate', on });
  }

  @CommandDoor(extendSession)
  extend(_input: ParsedInputOf<typeof extendSession>, call: Call): Promise<OutputOf<typeof extendSession>> {
    return extend(this.on, call);
  }
}
