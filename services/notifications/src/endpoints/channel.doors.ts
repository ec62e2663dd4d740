import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import { changeChannel, channelOptions, channelSettings, defineChannel, NOTICE_KINDS, pauseChannel, removeChannel, resumeChannel, testChannel } from '@xanthus/proto/notifications';
import type { NotificationsContext } from '../notifications.context.js';
import { changeChannel as runChange, defineChannel as runDefine, pauseChannel as runPause, readSettings, removeChannel as runRemove, resumeChannel as runResume, testChannel as runTest } from '../use-cases/channels.js';
import { NOTIFICATIONS_CONTEXT } from './tokens.js';

@Doors()
export class ChannelDoors {
  constructor(@Inject(NOTIFICATIONS_CONTEXT) private readonly on: NotificationsContext) {}

  @CommandDoor(defineChannel)
  define(input: ParsedInputOf<typeof defineChannel>, call: Call): Promise<OutputOf<typeof defineChannel>> {
    return runDefine(this.on, input, call);
  }

  @CommandDoor(changeChannel)
  change(input: ParsedInputOf<typeof changeChannel>, call: Call): Promise<OutputOf<typeof changeChannel>> {
    return runChange(this.on, input, call);
  }

  @CommandDoor(pauseChannel)
  pause(_input: ParsedInputOf<typeof pauseChannel>, call: Call): Promise<OutputOf<typeof pauseChannel>> {
    return runPause(this.on, call);
  }

  @CommandDoor(resumeChannel)
  resume(_input: ParsedInputOf<typeof resumeChannel>, call: Call): Promise<OutputOf<typeof resumeChannel>> {
    return runResume(this.on, call);
  }

  @CommandDoor(testChannel)
  test(_input: ParsedInputOf<typeof testChannel>, call: Call): Promise<OutputOf<typeof testChannel>> {
    return runTest(this.on, call);
  }

  @CommandDoor(removeChannel)
  remove(_input: ParsedInputOf<typeof removeChannel>, call: Call): Promise<OutputOf<typeof removeChannel>> {
    return runRemove(this.on, call);
  }

  @QueryDoor(channelSettings)
  settings(_input: ParsedInputOf<typeof channelSettings>, call: Call): Promise<OutputOf<typeof channelSettings>> {
    return readSettings(this.on, call);
  }

  @QueryDoor(channelOptions)
  async options(): Promise<OutputOf<typeof channelOptions>> {
    return { operator_smtp: this.on.senders.operatorSmtp, kinds: Object.entries(NOTICE_KINDS).filter(([, k]) => k.to === 'tenant').map(([kind, { service }]) => ({ kind, service })) };
  }
}
