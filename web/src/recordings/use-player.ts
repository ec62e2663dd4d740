import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RecordingPart } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { createPlayer, type Player, type PlayerState } from './player.js';
import { openRecording, recordingPart } from './recordings.data.js';
import type { ScreenHandle } from './screen.js';

const NONE: PlayerState = { status: 'loading', at_ms: 0, speed: 1, skipIdle: true };

/** A player and its screen, from the moment `start` on. */
export const usePlayer = (id: string, start: number) => {
  const client = useClient();
  const [player, setPlayer] = useState<Player>();
  const screen = useRef<ScreenHandle>(undefined);
  const from = useRef(start);
  const onReady = useCallback((handle: ScreenHandle): (() => void) => {
    screen.current = handle;
    const page = (input: { from_ms?: number; cursor?: string }): Promise<RecordingPart> => recordingPart(client, input, id);
    const ask = async (input: { from_ms?: number; cursor?: string }): Promise<RecordingPart> => {
      try {
        return await page(input);
      } catch (error) {
        // The page stood open for more than an hour: said once more who looks.
        if ((error as { code?: unknown } | null)?.code !== 'RECORDING.NOT_OPENED') throw error;
        await openRecording(client, id, { what: 'played' });
        return page(input);
      }
    };
    const made = createPlayer({
      screen: handle, ask, now: () => performance.now(),
      soon: fn => { const frame = requestAnimationFrame(fn); return () => cancelAnimationFrame(frame); },
      later: (fn, ms) => { const timer = setTimeout(fn, ms); return () => clearTimeout(timer); },
    });
    setPlayer(made);
    void made.seek(from.current);
    return () => made.stop();
  }, [client, id]);
  const subscribe = useCallback((listener: () => void) => player?.subscribe(listener) ?? (() => undefined), [player]);
  const state = useSyncExternalStore(subscribe, () => player?.get() ?? NONE);
  // Somebody followed a link to another moment of the same recording.
  useEffect(() => {
    if (from.current === start) return;
    from.current = start;
    void player?.seek(start);
  }, [player, start]);
  return { player, state, screen, onReady };
};
