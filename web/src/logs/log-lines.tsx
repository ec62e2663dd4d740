import { clsx } from 'clsx';
import { Fragment, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { t } from '../texts/text.js';
import { useScaledScroll } from '../ui/use-scaled-scroll.js';
import { cutSegments, mark, plain, segments, type Segment, type Tone } from './ansi.js';
import { columnsOf } from './columns.js';
import type { LogLayout } from './layout.js';
import { levelOf, type Level } from './levels.js';
import { CUT, type LogScreen } from './log-screen.js';
import { stampLength } from './time-stamps.js';

/** Height of a row, px, whatever the density: the places of a million lines are reckoned with it. */
const ROW = 20;
/** Closer to the end than this counts as at the end, px. */
const NEAR = 24;
/** Drawn beyond what is in sight, px; a step of it. */
const BEYOND = 400;
/** Padding and border of a line on both sides, px, and a scroll bar's worth. */
const SIDES = 32;

const LETTERS = '0'.repeat(100);
const TONES: Readonly<Record<Tone, string>> = { red: 'text-bad', green: 'text-ok', yellow: 'text-warn', blue: 'text-info', magenta: 'text-accent-ink', cyan: 'text-info', grey: 'text-ink-3' };
const LEVEL_MARK: Readonly<Partial<Record<Level, string>>> = { error: 'border-bad', warning: 'border-warn' };
const classOf = (s: Segment): string | undefined => clsx(s.tone && TONES[s.tone], s.bold && 'font-semibold', s.dim && 'text-ink-3', s.italic && 'italic', s.underline && 'underline') || undefined;

export interface LogLinesHandle { /** Into the middle of what is in sight. */ show(line: number): void; /** The first line in sight. */ first(): number | undefined }

interface Props {
  readonly screen: LogScreen;
  readonly wrap: boolean;
  readonly times: boolean;
  readonly label: string;
  /** The line that was gone to. */
  readonly here: number | undefined;
  readonly tall: boolean;
  readonly handle: RefObject<LogLinesHandle | null>;
}

/** How wide a letter is, px: as the font that came makes it. */
const useLetter = (): readonly [RefObject<HTMLSpanElement | null>, number] => {
  const ruler = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(7.2);
  useEffect(() => {
    if (!ruler.current) return;
    const observer = new ResizeObserver(([entry]) => { if (entry && entry.contentRect.width > 0) setWidth(entry.contentRect.width / 100); });
    observer.observe(ruler.current);
    return () => observer.disconnect();
  }, []);
  return [ruler, width];
};

/** Only the lines in sight are drawn. Stays at the end while somebody is there; who scrolls up is left in peace, and what is new waits. */
export const LogLines = ({ screen, wrap, times, label, here, tall, handle }: Props): ReactNode => {
  const { model } = screen;
  const [ruler, letter] = useLetter();
  const columnsAt = (width: number): number => (wrap && width > 0 ? Math.max(20, Math.floor((width - SIDES) / letter)) : 0);
  const scroll = useScaledScroll(width => screen.layout(columnsAt(width)).rows * ROW, BEYOND / 2);
  const { box, scrollTo, now, view } = scroll;
  const layout = screen.layout(columnsAt(scroll.width));
  const { held } = model;
  const end = layout.rows * ROW - view;
  useLayoutEffect(() => { if (!held) scrollTo(end); }, [held, end, scrollTo]);

  // Another layout of the same lines: the first one in sight stays the first.
  const anchor = useRef<{ readonly layout: LogLayout; readonly line: number | undefined; readonly into: number }>(undefined);
  useLayoutEffect(() => {
    const at = anchor.current;
    if (at?.line !== undefined && at.layout !== layout && model.held) scrollTo(layout.topOf(model.indexOf(at.line)) * ROW + at.into);
    const y = now();
    const index = layout.indexAt(y / ROW);
    anchor.current = { layout, line: model.lineAt(index), into: y - layout.topOf(index) * ROW };
  });

  const last = useRef(0);
  const onScroll: typeof scroll.onScroll = (event) => {
    scroll.onScroll(event);
    const y = now();
    const atEnd = layout.rows * ROW - view - y < NEAR;
    if (y < last.current - 2 && !atEnd) model.hold();
    else if (y > last.current + 2 && atEnd && model.held) model.release();
    last.current = y;
    const index = layout.indexAt(y / ROW);
    anchor.current = { layout, line: model.lineAt(index), into: y - layout.topOf(index) * ROW };
  };
  useImperativeHandle(handle, () => ({
    show: line => scrollTo(layout.topOf(model.indexOf(line)) * ROW - Math.floor(view / 3)),
    first: () => model.lineAt(layout.indexAt(now() / ROW)),
  }), [layout, model, view, scrollTo, now]);

  const from = layout.indexAt(Math.max(0, scroll.top - BEYOND) / ROW);
  const to = Math.min(model.count, layout.indexAt((scroll.top + view + BEYOND * 1.5) / ROW) + 1);
  // Fonts may have letters of another width: the browser's word counts.
  const block = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (wrap) screen.measured([...block.current?.children ?? []].map(row => [Number((row as HTMLElement).dataset['line']), Math.round((row as HTMLElement).offsetHeight / ROW)] as const));
  });

  return (
    <div ref={box} role="log" aria-label={label} aria-live="off" tabIndex={0} onScroll={onScroll} className={clsx('drawn-in-part relative overflow-auto bg-sunken font-mono text-[12px] leading-[20px]', tall ? 'min-h-0 flex-1' : 'h-[min(62vh,44rem)]')}>
      <span ref={ruler} aria-hidden className="pointer-events-none invisible absolute block w-max whitespace-pre">{LETTERS}</span>
      <div className="relative min-w-full" style={{ height: scroll.height }}>
        <div ref={block} className={clsx('absolute left-0 top-0', wrap ? 'w-full' : 'w-max min-w-full')} style={{ transform: `translateY(${scroll.place(layout.topOf(from) * ROW)}px)` }}>
          {Array.from({ length: Math.max(0, to - from) }, (_, i) => {
            const line = model.lineAt(from + i);
            if (line === undefined) return null;
            return <Line key={line} line={line} text={model.store.line(line) ?? ''} wrap={wrap} times={times} needle={model.needle} here={line === here} open={screen.isOpen(line)} onOpen={() => screen.open(line)} />;
          })}
        </div>
      </div>
    </div>
  );
};

interface LineProps { readonly line: number; readonly text: string; readonly wrap: boolean; readonly times: boolean; readonly needle: string; readonly here: boolean; readonly open: boolean; onOpen(): void }

const Line = ({ line, text, wrap, times, needle, here, open, onOpen }: LineProps): ReactNode => {
  const shown = plain(text);
  const stamp = times ? 0 : stampLength(shown);
  const parts = mark(leaveOut(segments(text), stamp), needle, here);
  const hidden = open ? 0 : Math.max(0, columnsOf(shown) - stamp - CUT);
  return (
    <div data-line={line} aria-current={here || undefined} className={clsx('min-h-[20px] border-l-2 px-[15px] hover:bg-raised/60', LEVEL_MARK[levelOf(shown) ?? 'info'] ?? 'border-transparent', here && 'bg-accent-wash', wrap ? 'whitespace-pre-wrap break-all' : 'whitespace-pre')}>
      {(hidden > 0 ? cutSegments(parts, CUT) : parts).map((part, i) => (
        part.found ? <mark key={i} className={clsx('rounded-xs bg-accent text-on-accent', part.here && 'outline outline-2 outline-ink')}>{part.text}</mark>
          : part.tone || part.bold || part.dim || part.italic || part.underline ? <span key={i} className={classOf(part)}>{part.text}</span> : <Fragment key={i}>{part.text}</Fragment>
      ))}
      {hidden > 0 && <button type="button" className="ml-1 rounded border border-line-strong bg-surface px-1.5 font-sans text-[11px] leading-4 text-ink-2 hover:text-ink" onClick={onOpen}>{t('{hidden, plural, one {# more character} other {# more characters}}', { hidden })}</button>}
    </div>
  );
};

/** Without the first letters. */
const leaveOut = (parts: readonly Segment[], count: number): readonly Segment[] => {
  if (count === 0) return parts;
  let left = count;
  return parts.flatMap((part) => {
    const text = part.text.slice(left);
    left = Math.max(0, left - part.text.length);
    return text ? [{ ...part, text }] : [];
  });
};
