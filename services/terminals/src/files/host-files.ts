/** The channel for files to each server, shared by all who work there. */
import type { Actor } from '@xanthus/proto';
import type { Sftp, SshConnection } from '@xanthus/ssh';

export interface OnServer { readonly tenant: string; readonly server: string; readonly actor: Actor }
/** Runs `open` on a connection to the server; the reach of this service. */
export type ChannelTo = <T>(o: OnServer & { readonly purpose: string }, open: (connection: SshConnection) => Promise<T>) => Promise<T>;

export interface HostFiles {
  /** An open channel. @throws Refusal of vps, SshError, SftpError FILES.NO_SFTP */
  sftp(o: OnServer): Promise<Sftp>;
  stop(): void;
}

/** A channel that nobody used for so long is closed. ms */
const IDLE = 2 * 60_000;
/** Who comes after this gets a new one: whether it may be is asked then. ms */
const LONGEST = 60 * 60_000;

interface Kept { readonly made: Promise<Sftp>; readonly at: number; usedAt: number }

export const hostFiles = (channel: ChannelTo, { idle = IDLE, longest = LONGEST } = {}): HostFiles => {
  const kept = new Map<string, Kept>();
  /** Those that were replaced while something ran on them. */
  const old = new Set<Kept>();
  const look = async (entry: Kept, now: number): Promise<void> => {
    const sftp = await entry.made;
    if (sftp.busy > 0) entry.usedAt = now;
    else if (now - entry.usedAt > idle) sftp.close();
  };
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const entry of [...kept.values(), ...old]) void look(entry, now).catch(() => undefined);
  }, Math.max(50, idle / 4)).unref();

  const make = (key: string, o: OnServer): Kept => {
    const now = performance.now();
    const entry: Kept = { made: channel({ ...o, purpose: 'Files in the console' }, connection => connection.sftp()), at: now, usedAt: now };
    const forget = (): void => {
      old.delete(entry);
      if (kept.get(key) === entry) kept.delete(key);
    };
    kept.set(key, entry);
    entry.made.then(sftp => sftp.ended.then(forget), forget);
    return entry;
  };

  return {
    async sftp(o) {
      const key = `${o.tenant}.${o.server}`;
      let entry = kept.get(key);
      if (entry && performance.now() - entry.at > longest) {
        old.add(entry);
        entry = undefined;
      }
      entry ??= make(key, o);
      entry.usedAt = performance.now();
      const sftp = await entry.made;
      return sftp.alive ? sftp : make(key, o).made;
    },
    stop() {
      clearInterval(sweep);
      for (const entry of [...kept.values(), ...old]) void entry.made.then(sftp => sftp.close(), () => undefined);
      kept.clear();
    },
  };
};
