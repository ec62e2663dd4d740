import { ArrowUp, Home, PencilLine } from 'lucide-react';
import { useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { inputClass } from '../ui/field.js';
import { crumbsOf, parentOf, readPath } from './paths.js';

interface Props { readonly path: string; readonly home: string; readonly onGo: (path: string) => void }

/** Where one is: each part leads there, and all of it can be typed. */
export const PathBar = ({ path, home, onGo }: Props): ReactNode => {
  const [typed, setTyped] = useState<string>();
  const edit = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setTyped(undefined);
    queueMicrotask(() => edit.current?.focus());
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed !== undefined) onGo(readPath(typed, path, home));
    close();
  };
  const keys = (event: KeyboardEvent): void => { if (event.key === 'Escape') close(); };
  return (
    <div className="flex min-w-0 flex-1 basis-72 items-center gap-0.5">
      <IconButton label={t('Up')} disabled={path === '/'} onClick={() => onGo(parentOf(path))}><ArrowUp aria-hidden className="size-4" /></IconButton>
      <IconButton label={t('Home')} onClick={() => onGo(home)}><Home aria-hidden className="size-4" /></IconButton>
      {typed === undefined ? (
        <>
          <nav aria-label={t('Path')} className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap px-1 font-mono text-[12.5px] [scrollbar-width:none]">
            {crumbsOf(path).map((c, i) => (
              <span key={c.path}>{i > 1 && <span aria-hidden className="text-ink-3">/</span>}<button type="button" aria-current={c.path === path ? 'page' : undefined} onClick={() => onGo(c.path)} className="rounded px-1 py-0.5 text-ink-2 hover:bg-raised hover:text-ink aria-[current]:font-medium aria-[current]:text-ink">{c.label}</button></span>
            ))}
          </nav>
          <IconButton ref={edit} label={t('Type a path')} onClick={() => setTyped(path)}><PencilLine aria-hidden className="size-4" /></IconButton>
          <CopyButton text={path} label={t('Copy path')} />
        </>
      ) : (
        <form onSubmit={submit} className="min-w-0 flex-1"><input aria-label={t('Path')} ref={field => field?.focus()} value={typed} onChange={e => setTyped(e.target.value)} onKeyDown={keys} onBlur={() => setTyped(undefined)} spellCheck={false} autoCapitalize="off" autoComplete="off" className={`${inputClass} h-8 font-mono text-[12.5px]`} /></form>
      )}
    </div>
  );
};
