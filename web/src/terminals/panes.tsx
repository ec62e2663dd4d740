import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import type { Pane } from './layout.js';

interface Props {
  readonly pane: Pane;
  /** Which of both at each split, from the root. */
  readonly path?: string;
  readonly onResize: (path: string, share: number) => void;
  readonly render: (session: string) => ReactNode;
}

/** A tree of panes; their borders are dragged, or moved by arrow keys. */
export const Panes = ({ pane, path = '', onResize, render }: Props): ReactNode => {
  const box = useRef<HTMLDivElement>(null);
  if (pane.kind === 'leaf') return <div key={pane.session} className="h-full min-h-0 min-w-0">{render(pane.session)}</div>;
  const beside = pane.direction === 'h';
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const area = box.current?.getBoundingClientRect();
    if (!area || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onResize(path, (beside ? (event.clientX - area.left) / area.width : (event.clientY - area.top) / area.height) * 100);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: beside ? -5 : 0, ArrowRight: beside ? 5 : 0, ArrowUp: beside ? 0 : -5, ArrowDown: beside ? 0 : 5 }[event.key] ?? 0;
    if (by === 0) return;
    event.preventDefault();
    onResize(path, pane.share + by);
  };
  return (
    <div ref={box} className={`flex h-full min-h-0 min-w-0 ${beside ? 'flex-row' : 'flex-col'}`}>
      <div className="min-h-0 min-w-0" style={{ flexBasis: `${pane.share}%`, flexGrow: 0, flexShrink: 1 }}><Panes pane={pane.first} path={`${path}0`} onResize={onResize} render={render} /></div>
      <div role="separator" tabIndex={0} aria-label={t('Border between terminals')} aria-orientation={beside ? 'vertical' : 'horizontal'} aria-valuenow={pane.share} aria-valuemin={10} aria-valuemax={90} onKeyDown={onKeyDown} onPointerMove={drag}
        onPointerDown={event => { event.preventDefault(); event.currentTarget.setPointerCapture(event.pointerId); }} className={`shrink-0 touch-none bg-line transition-colors hover:bg-accent focus-visible:bg-accent ${beside ? 'w-1 cursor-col-resize' : 'h-1 cursor-row-resize'}`} />
      <div className="min-h-0 min-w-0 flex-1"><Panes pane={pane.second} path={`${path}1`} onResize={onResize} render={render} /></div>
    </div>
  );
};
