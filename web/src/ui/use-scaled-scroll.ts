import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject, type UIEvent } from 'react';
import { AT_TOP, heightOf, placed, scrolled, settled, virtualOf, type Scale, type ScrollState } from './scaled-scroll.js';

/** Scrolling has come to rest after so long without any, ms. */
const REST = 180;

export interface ScaledScroll {
  /** The element that scrolls. */
  readonly box: RefObject<HTMLDivElement | null>;
  /** Of what is scrolled: the one element inside the box. */
  readonly height: number;
  /** What is meant to be in sight, px from the top: never more than `step` old. */
  readonly top: number;
  readonly view: number;
  readonly width: number;
  /** Where something at `y` px is drawn inside. */
  place(y: number): number;
  onScroll(event: UIEvent<HTMLElement>): void;
  /** So far from the top, at once. */
  scrollTo(y: number): void;
  /** Right now, not as of the last drawing. */
  now(): number;
  /** What lies above grew or shrank by so much: what is in sight stays where it is. */
  shift(by: number): void;
}

/** @param totalOf how high it is meant to be, px; it may depend on how wide the box is
 * @param step what is drawn reaches so far beyond what is in sight that it need not be drawn anew for less, px */
export const useScaledScroll = (totalOf: number | ((width: number) => number), step: number): ScaledScroll => {
  const box = useRef<HTMLDivElement>(null);
  const state = useRef<ScrollState>(AT_TOP);
  const scale = useRef<Scale>({ total: 0, view: 600 });
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [shown, setShown] = useState({ top: 0, offset: 0, view: 600, width: 0 });
  const total = typeof totalOf === 'number' ? totalOf : totalOf(shown.width);

  const show = useCallback((): void => {
    const top = Math.floor(virtualOf(scale.current, state.current) / step) * step;
    const { offset } = state.current;
    setShown(s => (s.top === top && s.offset === offset && s.view === scale.current.view ? s : { ...s, top, offset, view: scale.current.view }));
  }, [step]);
  const go = useCallback((next: ScrollState): void => {
    state.current = next;
    // Before the event that the browser sends for it: to that, nothing has moved.
    if (box.current && Math.abs(box.current.scrollTop - next.physical) >= 1) box.current.scrollTop = next.physical;
    show();
  }, [show]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      scale.current = { ...scale.current, view: element.clientHeight };
      setShown(s => (s.view === element.clientHeight && s.width === element.clientWidth ? s : { ...s, view: element.clientHeight, width: element.clientWidth }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // Longer or shorter than before: the same stays in sight.
  useLayoutEffect(() => {
    const at = virtualOf(scale.current, state.current);
    scale.current = { ...scale.current, total };
    const next = placed(scale.current, at);
    if (next.offset !== state.current.offset || next.physical !== state.current.physical) go(next);
  }, [total, go]);
  useEffect(() => () => clearTimeout(rest.current), []);

  const onScroll = useCallback((event: UIEvent<HTMLElement>): void => {
    state.current = scrolled(scale.current, state.current, event.currentTarget.scrollTop);
    show();
    clearTimeout(rest.current);
    rest.current = setTimeout(() => { const next = settled(scale.current, state.current); if (next !== state.current) go(next); }, REST);
  }, [show, go]);

  return {
    box, height: heightOf({ total, view: shown.view }), top: shown.top, view: shown.view, width: shown.width,
    place: y => y - shown.offset,
    onScroll,
    scrollTo: useCallback((y: number): void => go(placed(scale.current, y)), [go]),
    now: useCallback(() => virtualOf(scale.current, state.current), []),
    shift: useCallback((by: number): void => go(placed(scale.current, virtualOf(scale.current, state.current) + by)), [go]),
  };
};
