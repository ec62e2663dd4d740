import { clsx } from 'clsx';
import type { ReactNode } from 'react';

/** The drawing of an entry, as an image so that nothing in it can act; without one its initial letter. */
export const EntryIcon = ({ icon, name, className }: { readonly icon: string; readonly name: string; readonly className?: string }): ReactNode =>
  icon.startsWith('<svg') ? <img src={`data:image/svg+xml;utf8,${encodeURIComponent(icon)}`} alt="" aria-hidden className={clsx('size-9 rounded-lg', className)} />
    : <span aria-hidden className={clsx('grid size-9 place-items-center rounded-lg bg-accent-wash text-[15px] font-semibold text-accent-ink', className)}>{name.slice(0, 1).toUpperCase()}</span>;
