import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import { deleteRecording, keepRecording, openRecording, recordingIndex, recordingPart, searchRecording, searchRecordings, verifyRecording } from '@xanthus/proto/terminals';
import type { RecordingsContext } from '../recording/recordings.context.js';
import type { TerminalsContext } from '../terminals.context.js';
import { decide, index, part, remove, search, searchAll, verify } from '../use-cases/recordings.js';
import { RECORDINGS_CONTEXT } from './tokens.js';

@Doors()
export class RecordingDoors {
  constructor(@Inject(RECORDINGS_CONTEXT) private readonly on: TerminalsContext & { readonly recordings: RecordingsContext }) {}

  @CommandDoor(openRecording)
  open({ what }: ParsedInputOf<typeof openRecording>, call: Call): Promise<Written> {
    return decide(this.on, call, { type: 'Open', what });
  }

  @CommandDoor(keepRecording)
  keep({ until }: ParsedInputOf<typeof keepRecording>, call: Call): Promise<Written> {
    return decide(this.on, call, { type: 'Keep', until });
  }

  @CommandDoor(deleteRecording)
  delete({ reason }: ParsedInputOf<typeof deleteRecording>, call: Call): Promise<Written> {
    return remove(this.on, call, reason);
  }

  @QueryDoor(recordingPart)
  part(input: ParsedInputOf<typeof recordingPart>, call: Call): Promise<OutputOf<typeof recordingPart>> {
    return part(this.on, call, input);
  }

  @QueryDoor(recordingIndex)
  index(_input: ParsedInputOf<typeof recordingIndex>, call: Call): Promise<OutputOf<typeof recordingIndex>> {
    return index(this.on, call);
  }

  @QueryDoor(searchRecording)
  search(input: ParsedInputOf<typeof searchRecording>, call: Call): Promise<OutputOf<typeof searchRecording>> {
    return search(this.on, call, input);
  }

  @QueryDoor(verifyRecording)
  verify(input: ParsedInputOf<typeof verifyRecording>, call: Call): Promise<OutputOf<typeof verifyRecording>> {
    return verify(this.on, call, input);
  }

  @QueryDoor(searchRecordings)
  searchAll(input: ParsedInputOf<typeof searchRecordings>, call: Call): Promise<OutputOf<typeof searchRecordings>> {
    return searchAll(this.on, call, input);
  }
}
