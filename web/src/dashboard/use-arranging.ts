import { useCallback, useEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import { flushSync } from 'react-dom';
import { t } from '../texts/text.js';
import { hide, moveBy, moveTo, shownTiles, TILES, type Layout, type TileKey } from './layout.js';
import type { Arranging } from './tile.js';

const isTile = (value: string | undefined): value is TileKey => TILES.some(key => key === value);
const tileAt = (x: number, y: number): TileKey | undefined => {
  const key = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-tile]')?.dataset['tile'];
  return isTile(key) ? key : undefined;
};

/** Moving and hiding tiles with pointer and keyboard. `said`: for screen readers. */
export const useArranging = (on: boolean, layout: Layout, setLayout: (layout: Layout) => void, titles: Readonly<Record<TileKey, string>>): { readonly arranging: Arranging; readonly said: string } => {
  const [dragged, setDragged] = useState<TileKey>();
  const [said, say] = useState('');
  // A pointer moves faster than pages are drawn: what it does next stands on what it did last.
  const now = useRef(layout);
  useEffect(() => { now.current = layout; }, [layout]);
  const change = useCallback((next: Layout) => { now.current = next; setLayout(next); }, [setLayout]);
  const ends = useRef<() => void>(undefined);
  useEffect(() => () => ends.current?.(), []);

  const move = useCallback((key: TileKey, by: 1 | -1) => {
    const next = moveBy(now.current, key, by);
    // Drawn at once: what moved from one column to another is a new element, and the next key must find the focus on it.
    flushSync(() => change(next));
    document.querySelector<HTMLElement>(`[data-grip="${key}"]`)?.focus();
    const shown = shownTiles(next);
    say(t('{title} is now {at} of {all}', { title: titles[key], at: shown.indexOf(key) + 1, all: shown.length }));
  }, [change, titles]);

  const grab = useCallback((key: TileKey, event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    setDragged(key);
    let over: TileKey | undefined = key;
    const onMove = (e: globalThis.PointerEvent): void => {
      const target = tileAt(e.clientX, e.clientY);
      if (target === over) return;
      over = target;
      if (target !== undefined && target !== key) change(moveTo(now.current, key, target));
    };
    const end = (): void => {
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', end);
      removeEventListener('pointercancel', end);
      ends.current = undefined;
      setDragged(undefined);
    };
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', end);
    addEventListener('pointercancel', end);
    ends.current = end;
  }, [change]);

  const arranging = useMemo(() => ({ on, dragged, move, grab, hide: (key: TileKey) => { change(hide(now.current, key)); say(t('{title} is hidden', { title: titles[key] })); } }), [on, dragged, move, grab, change, titles]);
  return { arranging, said };
};
