import { clsx } from 'clsx';
import { DropdownMenu } from 'radix-ui';
import { createContext, useContext, useRef, type ReactNode, type RefObject } from 'react';
import { StandInReason } from './stand-in.js';

/** What was chosen is done when the menu is gone and its button has the focus again: a dialog that opens then gives it back there. */
const Chosen = createContext<RefObject<(() => void) | undefined>>({ current: undefined });

interface MenuProps { readonly trigger: ReactNode; readonly children: ReactNode; readonly align?: 'start' | 'end'; /** Stands open from the start (see menu-later.tsx). */ readonly opened?: boolean }

export const Menu = ({ trigger, children, align = 'end', opened = false }: MenuProps): ReactNode => {
  const chosen = useRef<() => void>(undefined);
  const closed = (): void => {
    const act = chosen.current;
    chosen.current = undefined;
    if (act) queueMicrotask(act);
  };
  return (
    <Chosen value={chosen}>
      <DropdownMenu.Root modal={false} defaultOpen={opened}>
        <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align={align} sideOffset={6} collisionPadding={8} onCloseAutoFocus={closed} className="z-50 min-w-52 animate-fade rounded-lg border border-line bg-surface p-1 shadow-pop">{children}</DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </Chosen>
  );
};

interface ItemProps { readonly icon?: ReactNode; readonly onSelect: () => void; readonly danger?: boolean; readonly blocked?: string | undefined; readonly children: ReactNode }

/** What is blocked can be reached by keyboard all the same, so that its reason is read; choosing it does nothing. */
export const MenuItem = ({ icon, onSelect, danger, blocked, children }: ItemProps): ReactNode => {
  const chosenRef = useContext(Chosen);
  const nearer = useContext(StandInReason);
  return (
    <DropdownMenu.Item aria-disabled={blocked !== undefined || undefined} onSelect={event => { if (blocked === undefined) chosenRef.current = onSelect; else event.preventDefault(); }}
      className={clsx('flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 outline-none aria-disabled:cursor-not-allowed aria-disabled:text-ink-3 data-highlighted:bg-raised [&>svg]:size-4 [&>svg]:text-ink-3', danger && 'text-bad [&>svg]:text-bad')}>
      {icon}<span className="min-w-0">{children}{blocked && <span className="block text-[12px] text-ink-3">{nearer ?? blocked}</span>}</span>
    </DropdownMenu.Item>
  );
};

export const MenuLine = (): ReactNode => <DropdownMenu.Separator className="my-1 h-px bg-line" />;
export const MenuLabel = ({ children }: { readonly children: ReactNode }): ReactNode => <DropdownMenu.Label className="px-2 py-1.5 text-[12px] text-ink-3">{children}</DropdownMenu.Label>;

interface ChoiceProps<T extends string> { readonly value: T; readonly options: readonly (readonly [T, string, ReactNode])[]; readonly onChange: (value: T) => void; readonly label: string }

export const MenuChoice = <T extends string>({ value, options, onChange, label }: ChoiceProps<T>): ReactNode => (
  <DropdownMenu.RadioGroup aria-label={label} value={value} onValueChange={next => onChange(next as T)} className="flex gap-1 p-1">
    {options.map(([key, text, icon]) => (
      <DropdownMenu.RadioItem key={key} value={key} onSelect={event => event.preventDefault()}
        className="flex flex-1 cursor-pointer flex-col items-center gap-1 rounded-md border border-transparent px-2 py-1.5 text-[12px] text-ink-2 outline-none data-highlighted:bg-raised data-[state=checked]:border-line-strong data-[state=checked]:bg-raised data-[state=checked]:text-ink [&>svg]:size-4">
        {icon}{text}
      </DropdownMenu.RadioItem>
    ))}
  </DropdownMenu.RadioGroup>
);
