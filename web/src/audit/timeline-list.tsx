import { clsx } from 'clsx';
import { ArrowUp } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { formatMoment } from '../lib/format.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dot, type Tone } from '../ui/status-pill.js';
import { useScaledScroll } from '../ui/use-scaled-scroll.js';
import type { ListRows } from './list-rows.js';
import type { AuditEvent, Block } from './timeline.js';
import type { Sentences } from './use-sentences.js';

/** Height of a row, px. */
const ROW = 52;
/** Rows beyond those in sight. */
const BEYOND = 12;
const STEPS: Readonly<Record<string, (page: number) => number>> = { ArrowDown: () => 1, ArrowUp: () => -1, PageDown: page => page, PageUp: page => -page, Home: () => -Infinity, End: () => Infinity };

export const eventId = ({ stream, seq }: Pick<AuditEvent, 'stream' | 'seq'>): string => `${stream}.${seq}`;
const BAD = /Failed|Refused|Unreachable|Erased|GivenUp|HostKeyChanged/;
const WARN = /Deleted|Removed|Revoked|Forgotten|Cancel|Stopped|Raised|Found|Interrupted|Undo|Vanished/;
const GOOD = /Finished|Ready|Reachable|Applied|Configured|Succeeded|Cleared|Settled|Accepted$/;
export const toneOf = (type: string): Tone => (BAD.test(type) ? 'bad' : WARN.test(type) ? 'warn' : GOOD.test(type) ? 'ok' : 'idle');

interface Props {
  readonly list: ListRows;
  readonly sentences: Sentences;
  /** Came since somebody scrolled away. */
  readonly newer: number;
  readonly selected: string | undefined;
  readonly onSelect: (event: AuditEvent) => void;
  readonly onWant: (blocks: readonly Block[]) => void;
  /** Somebody reads further down: what comes waits; or is back at the top. */
  readonly onAway: (away: boolean) => void;
}

/** The newest first. Only the rows in sight are drawn; those that are not read yet keep their place. */
export const TimelineList = ({ list, sentences, newer, selected, onSelect, onWant, onAway }: Props): ReactNode => {
  const scroll = useScaledScroll(list.count * ROW, ROW * 4);
  const { box, now, scrollTo, view } = scroll;
  const [active, setActive] = useState(0);
  const focusing = useRef(false);
  const from = Math.max(0, Math.floor(scroll.top / ROW) - BEYOND);
  const to = Math.min(list.count, Math.ceil((scroll.top + view) / ROW) + 4 + BEYOND);
  const { events, missing } = list.rows(from, to);
  useEffect(() => { if (missing.length > 0) onWant(missing); });

  const away = useRef(false);
  const onScroll: typeof scroll.onScroll = (event) => {
    scroll.onScroll(event);
    const next = now() > ROW / 2;
    if (next !== away.current) { away.current = next; onAway(next); }
  };
  const shown = Math.min(active, Math.max(0, list.count - 1));
  useLayoutEffect(() => {
    if (!focusing.current) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${shown}"]`);
    if (!row) return;
    focusing.current = false;
    row.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]?.(Math.max(1, Math.floor(view / ROW) - 1));
    if (step === undefined || list.count === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(0, shown + step), list.count - 1);
    const y = next * ROW;
    if (y < now()) scrollTo(y);
    else if (y + ROW > now() + view) scrollTo(y + ROW - view);
    focusing.current = true;
    setActive(next);
  };
  return (
    <div className="relative min-w-0">
      <div ref={box} onScroll={onScroll} onKeyDown={onKeyDown} data-own-keys data-testid="audit-list" className="drawn-in-part relative h-[max(20rem,calc(100dvh-17rem))] overflow-y-auto">
        <ol aria-label={t('Events')} aria-busy={missing.length > 0} className="relative" style={{ height: scroll.height }}>
          {events.map((event, i) => {
            const index = from + i;
            return (
              <li key={index} aria-setsize={list.count} aria-posinset={index + 1} className="absolute inset-x-0 border-b border-line" style={{ height: ROW, transform: `translateY(${scroll.place(index * ROW)}px)` }}>
                {event ? <Row event={event} index={index} tab={index === shown} current={selected === eventId(event)} sentences={sentences} onSelect={() => { setActive(index); onSelect(event); }} />
                  : <Placeholder gone={missing.length === 0} index={index} tab={index === shown} />}
              </li>
            );
          })}
        </ol>
      </div>
      {newer > 0 && (
        <div className="pointer-events-none absolute inset-x-0 top-2 flex justify-center">
          <Button size="sm" kind="primary" className="pointer-events-auto shadow-pop" icon={<ArrowUp aria-hidden className="size-3.5" />} onClick={() => { scrollTo(0); away.current = false; onAway(false); }}>{t('{count, plural, one {# new event} other {# new events}}', { count: newer })}</Button>
        </div>
      )}
    </div>
  );
};

interface RowProps { readonly event: AuditEvent; readonly index: number; readonly tab: boolean; readonly current: boolean; readonly sentences: Sentences; readonly onSelect: () => void }

const Row = ({ event, index, tab, current, sentences, onSelect }: RowProps): ReactNode => {
  const { pieces, who, thing, envelope } = sentences.of(event);
  return (
    <button type="button" data-row={index} data-event={eventId(event)} data-type={envelope?.type} tabIndex={tab ? 0 : -1} aria-pressed={current} onClick={onSelect}
      className={clsx('flex h-full w-full items-center gap-3 px-4 text-left -outline-offset-2', current ? 'bg-accent-wash' : 'hover:bg-raised/60')}>
      <Dot tone={toneOf(envelope?.type ?? '')} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-[13px] text-ink first-letter:uppercase">{pieces.map((p, i) => ('text' in p ? p.text : <strong key={i} className="font-medium">{p.part === 'who' ? who : thing}</strong>))}</span>
        <span className="figure block truncate text-[12px] text-ink-3"><time dateTime={new Date(event.at).toISOString()}>{formatMoment(event.at)}</time> · {envelope?.type ?? event.stream}</span>
      </span>
    </button>
  );
};

const Placeholder = ({ gone, index, tab }: { readonly gone: boolean; readonly index: number; readonly tab: boolean }): ReactNode => (
  <div data-row={index} tabIndex={tab ? 0 : -1} className="flex h-full items-center gap-3 px-4">
    {gone ? <span className="text-[13px] text-ink-3">{t('This event is not kept any more.')}</span> : <><span className="sr-only">{t('Not read yet')}</span><span aria-hidden className="size-[7px] rounded-full bg-raised" /><span aria-hidden className="grid flex-1 gap-2"><span className="block h-3 w-2/5 rounded bg-raised" /><span className="block h-2.5 w-1/4 rounded bg-raised" /></span></>}
  </div>
);
