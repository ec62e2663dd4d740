import { serviceConfig } from '@xanthus/nest';
import { RECORDING_KINDS } from '@xanthus/proto/terminals';
import { z } from 'zod';

const reachable = z.enum(['private', 'loopback']);
const count = (least: number, most: number, or: number) => z.coerce.number().int().min(least).max(most).default(or);

export const terminalsConfig = serviceConfig.extend({
  XANTHUS_SSH_ALLOW: z.string().default('').transform(text => text.split(',').map(t => t.trim()).filter(t => t !== '')).pipe(z.array(reachable)).describe('as of vps: which addresses servers may have beside public ones'),
  XANTHUS_TERMINALS_IDLE_MINUTES: count(0, 10_080, 30).describe('a session ends when nobody has typed for so long; who is in it is warned two minutes before; 0: never'),
  XANTHUS_TERMINALS_MOST_HOURS: z.coerce.number().min(0).max(720).default(12).describe('a session ends after so long, whoever works in it; who is in it is warned two minutes before; 0: never'),
  XANTHUS_TERMINALS_EXTEND_HOURS: z.coerce.number().min(0).max(720).default(12).describe('who stays has so long from then on, at most; 0: nobody can stay beyond the end'),
  XANTHUS_TERMINALS_PER_PERSON: count(1, 1_000, 20).describe('sessions that a person may have open at once'),
  XANTHUS_TERMINALS_PER_TENANT: count(1, 10_000, 200).describe('sessions that a tenant may have open at once'),
  XANTHUS_TERMINALS_RECORD: z.enum(RECORDING_KINDS).default('output').describe('what is kept of every session: off, output (what the shell writes), or all (what is typed too, which holds passwords)'),
  XANTHUS_TERMINALS_RECORDING_DAYS: count(1, 3_650, 90).describe('how long recordings are kept, days'),
  XANTHUS_TERMINALS_RECORDING_MIB: count(1, 1_048_576, 1_024).describe('the most that is recorded of one session, MiB as the shell wrote it; then it is as if recording had failed'),
  XANTHUS_FORWARD_ADDRESSES: z.string().default('').describe('addresses beside a server itself whose ports may be opened through it: IP addresses and networks (10.0.0.0/8) with commas'),
  XANTHUS_TERMINALS_ON_RECORDING_FAILURE: z.enum(['end', 'go-on']).default('end').describe('what becomes of a session that cannot be recorded as it must be'),
});
export type TerminalsConfig = z.infer<typeof terminalsConfig>;
