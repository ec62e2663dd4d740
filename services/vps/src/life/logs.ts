import type { Call } from '@xanthus/nest';
import { createLineCutter, createTail } from '@xanthus/processes';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import type { serverLogs } from '@xanthus/proto/vps';
import type { VpsContext } from '../vps.context.js';
import { asked, asRoot, commandFailed, isReached, onServer } from './host.js';

export type LogSource = ParsedInputOf<typeof serverLogs>['source'];

/** An answer's lines together, at most. */
const ANSWER_LIMIT = 512 * 1024;
const NOBODY_HERE = /No journal files were found|No entries/;

/** `--all`: long lines and other encodings too, as they are. */
export const journalctl = (source: LogSource, ...more: readonly string[]): readonly string[] =>
  asRoot('journalctl', '--no-pager', '--quiet', '--all', '--output=short-iso', ...(source === 'k3s' ? ['--unit=k3s'] : []), ...more);

export const logs = async (vps: VpsContext, { source, lines }: ParsedInputOf<typeof serverLogs>, call: Call): Promise<OutputOf<typeof serverLogs>> => {
  const { reason, value } = await asked(onServer(vps, call, async (connection) => {
    const cutter = createLineCutter();
    const tail = createTail(lines, ANSWER_LIMIT);
    const { code, stderr } = await connection.follow(journalctl(source, `--lines=${lines}`), { signal: call.signal, onData: chunk => tail.push(cutter.push(chunk)) });
    tail.push(cutter.end());
    if (code !== 0 && tail.lines().length === 0 && !NOBODY_HERE.test(stderr)) throw commandFailed('journalctl', stderr);
    return { lines: [...tail.lines()], truncated: cutter.cut || tail.dropped() > 0 || code === null };
  }));
  return { reachable: isReached(reason), reason, source, lines: value?.lines ?? [], truncated: value?.truncated ?? false };
};
