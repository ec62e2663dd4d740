import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface Props { readonly open: boolean; readonly onOpenChange: (open: boolean) => void; readonly title: string; readonly description?: ReactNode; readonly children: ReactNode; readonly wide?: boolean }

export const Dialog = ({ open, onOpenChange, title, description, children, wide }: Props): ReactNode => (
  <Radix.Root open={open} onOpenChange={onOpenChange}>
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/45 backdrop-blur-[2px] dark:bg-black/60" />
      <Radix.Content {...(description ? {} : { 'aria-describedby': undefined })}
        className={`fixed inset-x-3 top-[8vh] z-50 mx-auto max-h-[84vh] animate-rise overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-pop focus:outline-none ${wide ? 'max-w-2xl' : 'max-w-md'}`}>
        <div className="flex items-start justify-between gap-4">
          <Radix.Title className="text-[15px] font-semibold tracking-tight">{title}</Radix.Title>
          <Radix.Close aria-label="Close" className="-mr-1.5 -mt-1 grid size-7 place-items-center rounded-md text-ink-3 hover:bg-raised hover:text-ink"><X aria-hidden className="size-4" /></Radix.Close>
        </div>
        {description && <Radix.Description asChild><div className="mt-1.5 text-ink-2">{description}</div></Radix.Description>}
        <div className="mt-4">{children}</div>
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);

export const DialogActions = ({ children }: { readonly children: ReactNode }): ReactNode => <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
