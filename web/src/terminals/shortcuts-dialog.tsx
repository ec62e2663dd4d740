import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Dialog } from '../ui/dialog.js';
import { SHORTCUTS } from './keys.js';

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const keysOf = (keys: string): readonly string[] => keys.split('+').map(k => (mac ? { Alt: t('Option'), Ctrl: t('Cmd') }[k] ?? k : k));

export const ShortcutsDialog = ({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('Keys of the terminal')} description={t('Everything else goes to the shell, Ctrl K and Ctrl C too.')} wide>
    <dl className="grid gap-x-6 gap-y-1.5 text-[13px] sm:grid-cols-2">
      {[...SHORTCUTS.map(([, keys, text]) => [keys, text] as const), ['Ctrl+Shift+V', t('Paste')] as const].map(([keys, text]) => (
        <div key={keys} className="flex items-center justify-between gap-3 border-b border-line py-1">
          <dt>{text}</dt>
          <dd className="flex shrink-0 gap-1">{keysOf(keys).map(k => <kbd key={k} className="rounded border border-line bg-raised px-1.5 font-mono text-[12px] text-ink-2">{k}</kbd>)}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
);
