import { useEffect, type RefObject } from 'react';

/** Nothing but this element can be reached, as in a dialog, until what this answers is called. */
const sleepAround = (element: HTMLElement): (() => void) => {
  const asleep: HTMLElement[] = [];
  for (let at = element; at.parentElement && at !== document.body; at = at.parentElement) {
    for (const sibling of at.parentElement.children) {
      if (sibling === at || !(sibling instanceof HTMLElement) || sibling.inert) continue;
      sibling.inert = true;
      asleep.push(sibling);
    }
  }
  const { overflow } = document.body.style;
  document.body.style.overflow = 'hidden';
  return () => {
    document.body.style.overflow = overflow;
    for (const sibling of asleep) sibling.inert = false;
  };
};

export const useAlone = (element: RefObject<HTMLElement | null>, on: boolean): void => {
  useEffect(() => (on && element.current ? sleepAround(element.current) : undefined), [element, on]);
};
