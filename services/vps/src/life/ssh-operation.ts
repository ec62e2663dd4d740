/** A reboot or shutdown that the machine does itself, for who has no provider here. */
import { Refusal } from '@xanthus/kernel';
import { SshError, type SshConnection } from '@xanthus/ssh';
import { clean } from '../remote/remote-text.js';
import type { VpsContext } from '../vps.context.js';
import { asRoot, commandFailed, connectionTo, type Where } from './host.js';
import type { Work } from './provider-operation.js';

/** Tells one boot of a machine from another. */
const BOOT = 'printf \'%s \' "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"; systemctl show --property=UserspaceTimestamp --value 2>/dev/null; true';
/** Looks without an answer until a machine counts as off. */
const SILENT = 3;

const bootMark = async (connection: SshConnection, signal: AbortSignal): Promise<string> => clean((await connection.script(BOOT, [], { signal, timeout: 8_000 })).stdout, 200);

type Seen = { readonly mark: string; readonly connection: SshConnection } | { readonly silent: SshError };

/** A new look with a new connection: an old one may be of the boot before. Not answering is what is waited for here. */
const see = async (vps: VpsContext, where: Where): Promise<Seen> => {
  try {
    const connection = await connectionTo(vps, where);
    return { mark: await bootMark(connection, where.signal), connection };
  } catch (error) {
    where.signal.throwIfAborted();
    vps.pool.drop(where.id);
    if (error instanceof SshError && error.retryable) return { silent: error };
    throw error;
  }
};

const tell = async (connection: SshConnection, what: 'reboot' | 'poweroff', signal: AbortSignal): Promise<void> => {
  try {
    const { code, stderr } = await connection.exec(asRoot('systemctl', what), { signal, timeout: 15_000 });
    if (code !== 0 && code !== null) throw commandFailed(`systemctl ${what}`, stderr);
  } catch (error) {
    // It may be gone before it has said goodbye.
    if (!(error instanceof SshError && (error.code === 'SERVER.DISCONNECTED' || error.code === 'SERVER.TIMEOUT'))) throw error;
  }
};

/** @throws Refusal, SshError; a signal's reason */
export const workOverSsh = async (vps: VpsContext, work: Work): Promise<Record<string, never>> => {
  const { tenant, server, operation, signal, pause, pace } = work;
  const where: Where = { tenant, id: server, signal };
  const rest = async (): Promise<void> => {
    await pause(pace, signal);
    signal.throwIfAborted();
  };
  const reboots = operation.kind !== 'shutdown';
  let before = operation.boot;
  const first = await see(vps, where);
  if (before === undefined) {
    if ('silent' in first) throw first.silent;
    before = first.mark;
    await work.note({ boot: before });
  }
  // It was told already, and has come up again since.
  if ('mark' in first && first.mark !== before) return came(reboots);
  if ('mark' in first) await tell(first.connection, reboots ? 'reboot' : 'poweroff', signal);
  vps.pool.drop(server);
  for (let silent = 0; ;) {
    await rest();
    const seen = await see(vps, where);
    if ('mark' in seen) {
      silent = 0;
      if (seen.mark !== before) return came(reboots);
    } else if (++silent >= SILENT && !reboots) return {};
  }
};

const came = (wanted: boolean): Record<string, never> => {
  if (!wanted) throw new Refusal('SERVER.DID_NOT_SHUT_DOWN', 'It shut down and started again by itself.');
  return {};
};
