import { cloneElement, useCallback, useEffect, useId, useLayoutEffect, useRef, useState, type FocusEvent, type HTMLAttributes, type PointerEvent, type ReactElement, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** How long the pointer rests until the sentence shows, ms; at once while another one has just been read. */
const REST = 350;
const WARM = 300;
/** Time to go from the button to its sentence, which can be pointed at too (WCAG 1.4.13), ms. */
const CROSS = 120;
/** Distance to the button, and to the edge of the window, px. */
const GAP = 6;
const EDGE = 12;

/** What is to happen next, and whether a press is under way: the focus that it gives shows nothing. */
const newClock = () => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let down = false;
  const stop = (): void => clearTimeout(timer);
  return {
    stop,
    later: (act: () => void, wait: number): void => { stop(); timer = setTimeout(act, wait); },
    press: (): void => {
      down = true;
      document.addEventListener('pointerup', () => { down = false; }, { once: true });
    },
    pressed: () => down,
  };
};

let closedAt = -Infinity;
let closeShown: (() => void) | undefined;

/** Over the button where there is room, else below; never past the edge. */
const place = (bubble: HTMLElement, anchor: Element): void => {
  const at = anchor.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const above = at.top - height - GAP;
  bubble.style.top = `${above >= EDGE ? above : at.bottom + GAP}px`;
  bubble.style.left = `${Math.max(EDGE, Math.min(at.left + at.width / 2 - width / 2, document.documentElement.clientWidth - width - EDGE))}px`;
};

/** A sentence on hover and focus. Our own: a library's, with what it needs to place it, was a tenth of all that the first page loads. */
export const Hint = ({ text, children }: { readonly text: string; readonly children: ReactNode }): ReactNode => {
  const id = useId();
  const [anchor, setAnchor] = useState<Element>();
  const [clock] = useState(newClock);
  const child = children as ReactElement<HTMLAttributes<HTMLElement>>;
  const own = child.props;

  const close = useCallback((): void => { clock.stop(); setAnchor(undefined); }, [clock]);
  const open = (at: Element): void => { clock.stop(); if (at.isConnected) setAnchor(at); };
  const leave = (): void => clock.later(close, CROSS);
  useEffect(() => clock.stop, [clock]);

  const trigger = cloneElement(child, {
    ...(anchor ? { 'aria-describedby': [own['aria-describedby'], id].filter(Boolean).join(' ') } : {}),
    onPointerEnter: (event: PointerEvent<HTMLElement>) => {
      own.onPointerEnter?.(event);
      if (event.pointerType === 'touch') return;
      const at = event.currentTarget;
      if (anchor) clock.stop(); else if (closeShown !== undefined || performance.now() - closedAt < WARM) open(at); else clock.later(() => open(at), REST);
    },
    onPointerLeave: (event: PointerEvent<HTMLElement>) => { own.onPointerLeave?.(event); leave(); },
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      own.onPointerDown?.(event);
      close();
      clock.press();
    },
    onFocus: (event: FocusEvent<HTMLElement>) => { own.onFocus?.(event); if (!clock.pressed()) open(event.currentTarget); },
    onBlur: (event: FocusEvent<HTMLElement>) => { own.onBlur?.(event); close(); },
    onClick: event => { close(); own.onClick?.(event); },
  });
  return <>{trigger}{anchor && <Bubble id={id} text={text} anchor={anchor} onStay={clock.stop} onLeave={leave} onClose={close} />}</>;
};

interface BubbleProps { readonly id: string; readonly text: string; readonly anchor: Element; readonly onStay: () => void; readonly onLeave: () => void; readonly onClose: () => void }

const Bubble = ({ id, text, anchor, onStay, onLeave, onClose }: BubbleProps): ReactNode => {
  const bubble = useRef<HTMLDivElement>(null);
  // At each drawing: another sentence is as wide as it is.
  useLayoutEffect(() => { if (bubble.current) place(bubble.current, anchor); });
  useEffect(() => {
    closeShown?.();
    closeShown = onClose;
    // The sentence goes first: a dialog or menu below it sees that the key is used up, and stays.
    const onKey = (event: KeyboardEvent): void => { if (event.key === 'Escape') { event.preventDefault(); onClose(); } };
    // Its button moved away below it.
    const onScroll = (event: Event): void => { if (event.target instanceof Node && event.target.contains(anchor)) onClose(); };
    addEventListener('keydown', onKey, true);
    addEventListener('scroll', onScroll, true);
    addEventListener('resize', onClose);
    return () => {
      removeEventListener('keydown', onKey, true);
      removeEventListener('scroll', onScroll, true);
      removeEventListener('resize', onClose);
      if (closeShown === onClose) closeShown = undefined;
      closedAt = performance.now();
    };
  }, [anchor, onClose]);
  return createPortal(
    <div ref={bubble} id={id} role="tooltip" onPointerEnter={onStay} onPointerLeave={onLeave}
      className="pointer-events-auto fixed left-0 top-0 z-50 w-max max-w-72 animate-fade rounded-md border border-line bg-raised px-2.5 py-1.5 text-[13px] text-ink shadow-pop">{text}</div>,
    document.body,
  );
};
