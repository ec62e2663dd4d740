import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, EyeOff, GripVertical } from 'lucide-react';
import { createContext, useContext, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import type { TileKey } from './layout.js';

/** While somebody arranges the tiles. */
export interface Arranging {
  readonly on: boolean;
  readonly dragged: TileKey | undefined;
  move(key: TileKey, by: 1 | -1): void;
  hide(key: TileKey): void;
  grab(key: TileKey, event: PointerEvent<HTMLElement>): void;
}
export const ArrangingContext = createContext<Arranging>({ on: false, dragged: undefined, move: () => undefined, hide: () => undefined, grab: () => undefined });

const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

/** The frame of a tile. `aside`: where more of it is. */
export const Tile = ({ of, title, aside, children, className }: { readonly of: TileKey; readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode; readonly className?: string }): ReactNode => {
  const arranging = useContext(ArrangingContext);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    arranging.move(of, by);
  };
  return (
    <section aria-label={title} data-tile={of} className={clsx('min-w-0 rounded-xl border bg-surface transition-[opacity,border-color]', arranging.dragged === of ? 'border-accent opacity-60' : arranging.on ? 'border-line-strong border-dashed' : 'border-line', className)}>
      <header className={clsx('flex min-h-11 items-center gap-2 border-b border-line px-4', arranging.on && 'pl-1.5')}>
        {arranging.on && (
          <button type="button" data-own-keys data-grip={of} aria-label={t('Move {title}: with the arrow keys, or drag it', { title })} onKeyDown={onKeyDown} onPointerDown={event => arranging.grab(of, event)}
            className="grid size-7 shrink-0 cursor-grab touch-none place-items-center rounded text-ink-3 hover:bg-raised hover:text-ink active:cursor-grabbing"><GripVertical aria-hidden className="size-4" /></button>
        )}
        <h2 className="min-w-0 flex-1 truncate text-[13px] font-semibold tracking-tight">{title}</h2>
        {arranging.on ? (
          <span className="flex">
            <IconButton label={t('Move {title} up', { title })} onClick={() => arranging.move(of, -1)}><ArrowUp aria-hidden className="size-4" /></IconButton>
            <IconButton label={t('Move {title} down', { title })} onClick={() => arranging.move(of, 1)}><ArrowDown aria-hidden className="size-4" /></IconButton>
            <IconButton label={t('Hide {title}', { title })} onClick={() => arranging.hide(of)}><EyeOff aria-hidden className="size-4" /></IconButton>
          </span>
        ) : aside}
      </header>
      <div inert={arranging.on} className={clsx(arranging.on && 'pointer-events-none max-h-40 overflow-hidden opacity-60')}>{children}</div>
    </section>
  );
};

/** Where a tile leads to. */
export const moreClass = 'shrink-0 text-[13px] text-accent-ink hover:underline';

/** One line where there is nothing: what it means, or how to fill it. */
export const Nothing = ({ icon, children, action }: { readonly icon: ReactNode; readonly children: ReactNode; readonly action?: ReactNode }): ReactNode => (
  <div className="flex min-h-14 flex-wrap items-center gap-3 px-4 py-3 text-[13px] text-ink-2 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-3">
    {icon}<p className="min-w-0 flex-1">{children}</p>{action}
  </div>
);
