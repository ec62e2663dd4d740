import { Refusal } from '@xanthus/kernel';
import { relayLines, runLeased } from '@xanthus/processes';
import { signalSubject, type DataOf } from '@xanthus/proto';
import { LOG_SOURCES, type logSignal } from '@xanthus/proto/vps';
import { clean } from '../remote/remote-text.js';
import type { VpsContext } from '../vps.context.js';
import { FOLLOWS } from './follow-logs.js';
import { connectionTo } from './host.js';
import { journalctl, type LogSource } from './logs.js';

interface Followed { readonly tenant: string; readonly server: string; readonly source: LogSource }
type Said = DataOf<typeof logSignal>;

const isSource = (text: string): text is LogSource => LOG_SOURCES.some(s => s === text);

/** Reads every log that somebody follows, once, and tells its lines as signals, until the signal. Run it in one copy only. */
export const runFollows = (vps: VpsContext, signal: AbortSignal): Promise<void> => runLeased(vps.nc, {
  service: 'vps', prefix: FOLLOWS, isForgotten: tenant => vps.forgotten.has(tenant),
  begin: ([tenant = '', server = '', source = ''], until) => (isSource(source) ? followLog(vps, { tenant, server, source }, until) : undefined),
  forget: key => void vps.views.putSample(key, undefined).catch((error: unknown) => vps.log.debug({ err: error }, 'a lease could not be removed')),
}, signal);

/** One log over the server's one connection, until the signal or its end, which is told. */
const followLog = async (vps: VpsContext, { tenant, server, source }: Followed, signal: AbortSignal): Promise<void> => {
  const subject = signalSubject({ tenant, service: 'vps', aggregate: 'server', id: server }, 'log');
  const say = (said: Said): void => vps.nc.publish(subject, JSON.stringify(said));
  let ended: Said['ended'];
  try {
    const { code, stderr } = await relayLines(({ lines, dropped }) => say({ source, lines: [...lines], dropped }), async (push) => {
      const connection = await connectionTo(vps, { tenant, id: server, signal });
      return connection.follow(journalctl(source, '--follow', '--lines=0'), { signal, onData: push });
    }, signal);
    ended = { code: 'SERVER.LOG_ENDED', message: `journalctl ended${code === null ? '' : ` with status ${code}`}${clean(stderr, 200) === '' ? '.' : `: ${clean(stderr, 200)}`}` };
  } catch (error) {
    if (!(error instanceof Refusal)) vps.log.warn({ err: error, server }, 'a log could not be followed');
    ended = error instanceof Refusal ? { code: error.code, message: error.message } : { code: 'SERVER.LOG_ENDED', message: 'It could not be followed any more. Try again.' };
  }
  if (!signal.aborted) say({ source, lines: [], dropped: 0, ended });
};
