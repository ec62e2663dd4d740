import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useRef, type ReactNode } from 'react';
import { t } from '../texts/text.js';

interface Props { readonly open: boolean; readonly onOpenChange: (open: boolean) => void; readonly title: string; readonly description?: ReactNode; readonly children: ReactNode; readonly wide?: boolean }

/** The first field, not the button that closes. A field with `autoFocus` would have the focus before it is known where to give it back. */
const focusField = (event: Event): void => {
  const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>('input, select, textarea');
  if (!field) return;
  event.preventDefault();
  field.focus();
};

/** Gives the focus back to what had it; the library does so only for a button of its own. */
export const useFocusBack = (): { readonly onOpenAutoFocus: (event: Event) => void; readonly onCloseAutoFocus: () => void } => {
  const opener = useRef<Element>(null);
  return {
    onOpenAutoFocus: event => {
      opener.current = document.activeElement;
      focusField(event);
    },
    onCloseAutoFocus: () => { if (opener.current instanceof HTMLElement) opener.current.focus(); },
  };
};

export const Dialog = ({ open, onOpenChange, title, description, children, wide }: Props): ReactNode => {
  const focus = useFocusBack();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/45 backdrop-blur-[2px] dark:bg-black/60" />
        <Radix.Content {...focus} {...(description ? {} : { 'aria-describedby': undefined })}
          className={`fixed inset-x-3 top-[8vh] z-50 mx-auto max-h-[84vh] animate-rise overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-pop focus:outline-none ${wide ? 'max-w-2xl' : 'max-w-md'}`}>
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-[15px] font-semibold tracking-tight">{title}</Radix.Title>
            <Radix.Close aria-label={t('Close')} className="-mr-1.5 -mt-1 grid size-7 place-items-center rounded-md text-ink-3 hover:bg-raised hover:text-ink"><X aria-hidden className="size-4" /></Radix.Close>
          </div>
          {description && <Radix.Description asChild><div className="mt-1.5 text-ink-2">{description}</div></Radix.Description>}
          <div className="mt-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
};

/** `sticky`: in sight however long the dialog is. */
export const DialogActions = ({ children, sticky }: { readonly children: ReactNode; readonly sticky?: boolean }): ReactNode =>
  <div className={`mt-5 flex flex-wrap justify-end gap-2 ${sticky ? 'sticky -bottom-5 -mx-5 -mb-5 border-t border-line bg-surface px-5 py-3' : ''}`}>{children}</div>;
