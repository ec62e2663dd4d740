import type { Call } from '@xanthus/nest';
import { createLineCutter } from '@xanthus/processes';
import type { OutputOf } from '@xanthus/proto';
import type { serverInfo } from '@xanthus/proto/vps';
import { clean, fields, number } from '../remote/remote-text.js';
import type { VpsContext } from '../vps.context.js';
import { asked, isReached, onServer } from './host.js';

type Info = OutputOf<typeof serverInfo>;
type Answer = Omit<Info, 'reachable' | 'reason'>;

export const ASK_TIME_ZONE = 'timedatectl show --property=Timezone --value 2>/dev/null || cat /etc/timezone 2>/dev/null || readlink /etc/localtime | sed "s|.*zoneinfo/||"';

const SCRIPT = `
printf 'hostname=%s\\n' "$(uname -n)"
printf 'zone=%s\\n' "$(${ASK_TIME_ZONE})"
printf 'boot=%s\\n' "$(sed -n 's/^btime //p' /proc/stat 2>/dev/null)"
printf 'now=%s\\n' "$(date +%s%N 2>/dev/null)"
printf 'addresses=%s\\n' "$(hostname -I 2>/dev/null)"
echo @notes; head -c 16384 /opt/xanthus/info.txt 2>/dev/null
true
`;

/** `asked`: our clock in the middle of the asking, ms. */
export const parseInfo = (text: string, middle: number): Answer => {
  const [before = '', notes = ''] = text.split(/^@notes\n/m, 2);
  const table = fields(before);
  const word = (name: string): string | null => clean(table.get(name) ?? '') || null;
  const boot = number(table.get('boot'));
  const now = /^\d{19}$/.test(table.get('now') ?? '') ? Number((table.get('now') ?? '').slice(0, 13)) : undefined;
  const cutter = createLineCutter(1_024);
  const lines = [...cutter.push(Buffer.from(notes)), ...cutter.end()];
  return {
    hostname: word('hostname'), time_zone: word('zone'), booted_at: boot > 0 && boot < 1e11 ? new Date(boot * 1_000).toISOString() : null,
    clock_offset_ms: now === undefined ? null : Math.round(now - middle),
    addresses: (table.get('addresses') ?? '').split(/\s+/).map(a => clean(a, 45)).filter(a => /^[0-9A-Fa-f:.]+$/.test(a)).slice(0, 32),
    notes: lines.length === 0 ? null : lines.join('\n'),
  };
};

const NOTHING: Answer = { hostname: null, time_zone: null, booted_at: null, clock_offset_ms: null, addresses: [], notes: null };

export const info = async (vps: VpsContext, call: Call): Promise<Info> => {
  const { reason, value } = await asked(onServer(vps, call, async (connection) => {
    const asking = Date.now();
    const { stdout } = await connection.script(SCRIPT, [], { timeout: 10_000, maxOutput: 32 * 1024, signal: call.signal });
    return parseInfo(stdout, (asking + Date.now()) / 2);
  }));
  return { reachable: isReached(reason), reason, ...(value ?? NOTHING) };
};
