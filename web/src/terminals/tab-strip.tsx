import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { useEffect, useRef, type DragEvent, type ReactNode } from 'react';
import type { TerminalSession } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Desk } from './desk.js';
import { useNameOf } from './hooks.js';
import { sessionsIn, type Layout } from './layout.js';
import { StateDot } from './pane.js';

interface Props { readonly desk: Desk; readonly layout: Layout; readonly sessions: ReadonlyMap<string, TerminalSession>; readonly onActivate: (tab: number) => void; readonly onHide: (sessions: readonly string[]) => void; readonly onMove: (from: number, to: number) => void }

/** A tab says what runs where, how it is, and who looks. Dragged to another place, or moved by Alt and the arrows. */
export const TabStrip = ({ desk, layout, sessions, onActivate, onHide, onMove }: Props): ReactNode => {
  const nameOf = useNameOf();
  const strip = useRef<HTMLUListElement>(null);
  useEffect(() => { strip.current?.children[layout.active]?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }, [layout.active]);
  return (
    <ul ref={strip} aria-label={t('Open terminals')} className="flex min-w-0 flex-1 items-stretch overflow-x-auto [scrollbar-width:none]">
      {layout.tabs.map((pane, i) => {
        const all = sessionsIn(pane);
        const main = all.includes(layout.focus ?? '') ? layout.focus ?? '' : all[0] ?? '';
        const session = sessions.get(main);
        const title = session?.title ?? t('Terminal');
        const names = [...new Set(all.flatMap(id => sessions.get(id)?.viewers.map(v => nameOf(v.person)) ?? []))];
        const hint = `${session && session.server_name !== title ? t('{title} on {server}', { title, server: session.server_name }) : title}${names.length > 0 ? t('. Looking: {names}', { names: names.join(', ') }) : ''}`;
        const open = i === layout.active;
        return (
          <li key={all[0]} data-testid="tab" draggable onDragStart={(e: DragEvent) => e.dataTransfer.setData('text/xanthus-tab', String(i))} onDragOver={e => e.preventDefault()}
            onDrop={(e) => { const from = e.dataTransfer.getData('text/xanthus-tab'); if (from !== '') onMove(Number(from), i); }}
            className={clsx('group flex shrink-0 items-center border-b-2', open ? 'border-accent bg-surface' : 'border-transparent hover:bg-raised/60')}>
            <button type="button" title={hint} aria-current={open ? 'true' : undefined} onClick={() => onActivate(i)} onKeyDown={(e) => { if (e.altKey && !e.shiftKey && (e.key === 'ArrowLeft' || e.key === 'ArrowRight')) { e.preventDefault(); onMove(i, i + (e.key === 'ArrowLeft' ? -1 : 1)); } }}
              className={clsx('flex h-9 max-w-52 items-center gap-2 pl-3 pr-1 text-[13px]', open ? 'font-medium text-ink' : 'text-ink-2')}>
              <StateDot terminal={desk.get(main)} /><span className="truncate">{title}</span>
              {all.length > 1 && <span className="figure rounded border border-line px-1 text-[11px] text-ink-3">{all.length}</span>}
              {names.length > 1 && <span className="truncate text-[12px] font-normal text-info">{names.filter(n => n !== t('You')).join(', ')}</span>}
            </button>
            <button type="button" aria-label={t('Close the tab {title}; the session goes on', { title })} onClick={() => onHide(all)} className="mr-1 grid size-7 place-items-center rounded text-ink-3 hover:bg-raised hover:text-ink"><X aria-hidden className="size-3.5" /></button>
          </li>
        );
      })}
    </ul>
  );
};
