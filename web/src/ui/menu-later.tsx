import { cloneElement, useState, type ComponentType, type HTMLAttributes, type ReactElement, type ReactNode } from 'react';
import { toastProblem } from './toaster.js';

interface Props<P extends object> {
  /** Brings what draws the button with its menu, which stands open at once; asked again if it could not be had. */
  readonly load: () => Promise<ComponentType<P & { readonly trigger: ReactNode }>>;
  readonly of: P;
  readonly trigger: ReactElement<HTMLAttributes<HTMLElement>>;
}

/** A menu of the frame of every page: its items, and all that a menu needs, come when somebody is about to open it. */
export const MenuLater = <P extends object>({ load, of, trigger }: Props<P>): ReactNode => {
  const [Loaded, setLoaded] = useState<ComponentType<P & { readonly trigger: ReactNode }>>();
  if (Loaded) return <Loaded {...of} trigger={trigger} />;
  const ahead = (): void => void load().catch(() => undefined); // said when it is opened
  const open = (): void => void load().then(menu => setLoaded(() => menu), toastProblem);
  return cloneElement(trigger, {
    'aria-haspopup': 'menu', 'aria-expanded': false, onPointerEnter: ahead, onFocus: ahead, onClick: open,
    onKeyDown: event => { if (event.key === 'ArrowDown') { event.preventDefault(); open(); } },
  });
};
