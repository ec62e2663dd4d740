import { clsx } from 'clsx';
import { CornerDownLeft } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { inputClass } from '../ui/field.js';
import { useValue } from './hooks.js';
import { keyBytes, KEY_NAMES, KEY_ROW, withModifiers } from './keys.js';
import type { LiveTerminal } from './live-terminal.js';

const keyClass = 'h-9 min-w-10 shrink-0 rounded-md border border-line-strong bg-surface px-2.5 font-mono text-[13px] text-ink active:bg-raised';

/** For fingers: keys that a phone's keyboard lacks, and a line in which it may help with writing. */
export const KeyRow = ({ terminal }: { readonly terminal: LiveTerminal }): ReactNode => {
  const { ctrl, alt } = useValue(terminal.notes);
  const [line, setLine] = useState('');
  const press = (bytes: string): void => {
    terminal.type(withModifiers(keyBytes(bytes, terminal.applicationKeys), { ctrl, alt }));
    if (ctrl || alt) terminal.note({ ctrl: false, alt: false });
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    terminal.type(`${line}\r`);
    setLine('');
  };
  // A press must not take the focus, or the keyboard of the phone goes away.
  const keep = { onPointerDown: (event: { preventDefault(): void }) => event.preventDefault() };
  return (
    <div role="group" aria-label={t('Keys')} className="grid gap-1.5 border-t border-line bg-sunken p-1.5">
      <div className="flex gap-1.5 overflow-x-auto [scrollbar-width:none]">
        {([[t('Ctrl'), ctrl, () => terminal.note({ ctrl: !ctrl })], [t('Alt'), alt, () => terminal.note({ alt: !alt })]] as const).map(([name, on, act]) => (
          <button key={name} type="button" {...keep} aria-pressed={on} onClick={act} className={clsx(keyClass, on && 'border-accent bg-accent-wash text-accent-ink')}>{name}</button>
        ))}
        {KEY_ROW.map(([label, bytes]) => <button key={label} type="button" {...keep} aria-label={KEY_NAMES[label] ?? label} onClick={() => press(bytes)} className={keyClass}>{label}</button>)}
      </div>
      <form onSubmit={send} className="flex gap-1.5">
        <input aria-label={t('Write a line, then send it')} placeholder={t('Write a line…')} value={line} onChange={e => setLine(e.target.value)} autoCapitalize="off" autoCorrect="on" className={clsx(inputClass, 'h-9 font-mono')} enterKeyHint="send" />
        <IconButton label={t('Send the line')} type="submit" className="size-9 border border-line-strong"><CornerDownLeft aria-hidden className="size-4" /></IconButton>
      </form>
    </div>
  );
};
