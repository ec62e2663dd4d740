/** A finger that is drawn over a terminal scrolls it; xterm.js 6.0 has nothing for it. */
import type { Terminal } from '@xterm/xterm';
import { keyBytes } from './keys.js';

/** @param type what a program on the whole screen (less, vim) gets instead: arrows, as from a wheel */
export const scrollByTouch = (element: HTMLElement, term: Terminal, type: (data: string) => void): void => {
  let last: number | undefined;
  let rest = 0;
  element.addEventListener('touchstart', (event) => {
    last = event.touches.length === 1 ? event.touches[0]?.clientY : undefined;
    rest = 0;
  }, { passive: true });
  element.addEventListener('touchmove', (event) => {
    const y = event.touches[0]?.clientY;
    if (last === undefined || y === undefined) return;
    event.preventDefault();
    rest += last - y;
    last = y;
    const cell = element.clientHeight / term.rows;
    const lines = Math.trunc(rest / cell);
    if (lines === 0) return;
    rest -= lines * cell;
    if (term.buffer.active.type === 'normal') term.scrollLines(lines);
    else type(keyBytes(lines > 0 ? '\u001b[B' : '\u001b[A', term.modes.applicationCursorKeysMode).repeat(Math.abs(lines)));
  }, { passive: false });
};
