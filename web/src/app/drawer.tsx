import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import type { Identity } from '../session/session.js';
import { t } from '../texts/text.js';
import { Sidebar } from './sidebar.js';

/** The sidebar where there is no room for it. */
export const Drawer = ({ open, onOpenChange, identity }: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void; readonly identity: Identity }): ReactNode => (
  <Dialog.Root open={open} onOpenChange={onOpenChange}>
    <Dialog.Portal>
      <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/50 lg:hidden" />
      <Dialog.Content aria-describedby={undefined} className="fixed inset-y-0 left-0 z-50 w-64 animate-fade border-r border-line bg-sunken outline-none lg:hidden">
        <Dialog.Title className="sr-only">{t('Menu')}</Dialog.Title>
        <Sidebar identity={identity} connection onNavigate={() => onOpenChange(false)} />
      </Dialog.Content>
    </Dialog.Portal>
  </Dialog.Root>
);
