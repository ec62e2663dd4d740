/** Screens to begin at: now and then the mirror is asked how the screen stands, so that no player has to begin at the beginning. */
import type { Logger } from '@xanthus/nest';
import type { CastWriter } from './cast-writer.js';

/** One each minute of activity (ms) or so many bytes, never closer together than `apart` ms. */
const EVERY = { time: 60_000, bytes: 1024 * 1024, apart: 250 } as const;

interface Options {
  readonly now: () => number;
  readonly snapshot: () => Promise<{ readonly bytes: Uint8Array } | undefined>;
  readonly size: () => { readonly cols: number; readonly rows: number };
  readonly isOver: () => boolean;
  readonly onTaken: () => void;
  readonly log: Logger;
}

export interface Screens { /** Something was written: is it time? */ maybe(cast: CastWriter): void }

export const takeScreens = ({ now, snapshot, size, isOver, onTaken, log }: Options): Screens => {
  let [takenAt, takenRaw, isTaking, isAsked] = [now(), 0, false, false];

  const take = async (cast: CastWriter): Promise<void> => {
    isAsked = false;
    const at = isOver() ? undefined : cast.place();
    if (at === undefined) return;
    [takenAt, takenRaw, isTaking] = [now(), cast.raw, true];
    const { cols, rows } = size();
    try {
      const found = await snapshot();
      if (found === undefined || isOver()) return;
      cast.screen({ ...at, cols, rows, text: Buffer.from(found.bytes).toString('utf8') });
      onTaken();
    } catch (error) {
      log.debug({ err: error }, 'no screen of this session');
    } finally {
      isTaking = false;
    }
  };

  return {
    maybe(cast) {
      const since = now() - takenAt;
      const isDue = since >= EVERY.time || cast.raw - takenRaw >= EVERY.bytes;
      if (!isDue || isAsked || isTaking || since < EVERY.apart || cast.raw === takenRaw) return;
      isAsked = true;
      // after the turn in which these bytes came: then the mirror has them too
      setImmediate(() => void take(cast));
    },
  };
};
