import type { ReactNode } from 'react';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Dialog } from '../ui/dialog.js';
import { shortcutsOf } from './shortcuts.js';

const mac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Keys as they are printed on keyboards. */
export const Keys = ({ keys }: { readonly keys: readonly string[] }): ReactNode => (
  <span className="flex shrink-0 items-center gap-1">
    {keys.map(key => <kbd key={key} className="min-w-5 rounded border border-line bg-raised px-1.5 text-center font-mono text-[12px] text-ink-2">{key}</kbd>)}
  </span>
);

/** `?`: all shortcuts on one sheet. */
export const ShortcutsSheet = ({ open, onOpenChange }: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }): ReactNode => {
  const table = shortcutsOf(useClient().tenant);
  const groups = [...new Set(table.map(s => s.group))];
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('Keyboard shortcuts')} description={t('One key after the other. They rest while you type, and in terminals, which have keys of their own.')} wide>
      <div className="gap-6 sm:columns-2">
        {groups.map((group, i) => (
          <section key={group} aria-label={group} className="mb-5 break-inside-avoid">
            <h3 className="eyebrow pb-1">{group}</h3>
            <dl className="text-[13px]">
              {i === 0 && <Row keys={[mac ? '⌘' : 'Ctrl', 'K']} text={t('Search from anywhere, also while you type')} />}
              {table.filter(s => s.group === group).map(s => <Row key={s.keys.join('')} keys={s.keys} text={s.text} />)}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
};

const Row = ({ keys, text }: { readonly keys: readonly string[]; readonly text: string }): ReactNode => (
  <div className="flex items-center justify-between gap-3 border-b border-line py-1.5 last:border-0"><dt>{text}</dt><dd><Keys keys={keys} /></dd></div>
);
