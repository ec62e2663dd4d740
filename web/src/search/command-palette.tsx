import { useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { AppWindow, Bell, Film, Fingerprint, Globe, History, KeyRound, ListTree, Navigation, Plus, Search, Server, ShieldCheck, SquareTerminal, UserRound, type LucideIcon } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useDeferredValue, useEffect, useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Keys } from '../app/shortcuts-sheet.js';
import { historyLink, readThing, thingLink, type ThingAddress } from '../lib/thing-link.js';
import { t } from '../texts/text.js';
import { useFocusBack } from '../ui/dialog.js';
import { useEntries } from './search.data.js';
import { readPasted, search, type Entry, type Group, type Kind } from './search-model.js';
import { useRecent } from './use-recent.js';

const WORDS: Readonly<Record<Kind, readonly [string, LucideIcon]>> = {
  recent: [t('Recent'), History], place: [t('Go to'), Navigation], new: [t('New'), Plus], server: [t('Servers'), Server], application: [t('Applications'), AppWindow], zone: [t('Domains'), Globe], record: [t('Records'), ListTree], member: [t('Members'), UserRound],
  role: [t('Roles'), ShieldCheck], terminal: [t('Terminals'), SquareTerminal], recording: [t('Recordings'), Film], notice: [t('Notices'), Bell], key: [t('Keys'), KeyRound], id: [t('By id'), Fingerprint],
};
/** Letters from which on what is many is searched too. */
const DEEP = 2;

/** `/` or Ctrl/Cmd+K: find anything, go to anything, start anything, without the mouse. */
export const CommandPalette = ({ open, onOpenChange }: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }): ReactNode => {
  const [text, setText] = useState('');
  const focus = useFocusBack();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/45 dark:bg-black/60" />
        <Dialog.Content {...focus} aria-describedby={undefined} onEscapeKeyDown={event => { if (text !== '') { event.preventDefault(); setText(''); } }}
          className="fixed inset-x-3 top-[10vh] z-50 mx-auto max-w-xl animate-rise overflow-hidden rounded-xl border border-line bg-surface shadow-pop outline-none">
          <Dialog.Title className="sr-only">{t('Search and go to')}</Dialog.Title>
          <Finder text={text} onText={setText} onDone={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
};

/** As an id of the page: without spaces. */
const idOf = (group: Kind, { key }: Entry): string => `${group}-${key}`.replaceAll(/[^\w-]/g, '-');

const useFound = (text: string): readonly Group[] => {
  const query = useDeferredValue(text);
  const entries = useEntries(query.trim().length >= DEEP);
  const { recent } = useRecent();
  return useMemo(() => {
    const groups = search(entries, query, recent);
    const pasted = byId(query, entries);
    return pasted.length > 0 ? [{ kind: 'id', entries: pasted }, ...groups] : groups;
  }, [entries, query, recent]);
};

/** Of an id that is pasted: its thing and what happened to it, else everything that was caused by it. */
const byId = (query: string, entries: readonly Entry[]): readonly Entry[] => {
  const pasted = readPasted(query);
  if (!pasted) return [];
  const line = (key: string, label: string, to: ThingAddress): Entry => ({ key, kind: 'id', label, hint: '', to });
  if ('thing' in pasted) {
    const thing = readThing(pasted.thing);
    const whole = thing?.aggregate && thing.id ? { service: thing.service, aggregate: thing.aggregate, id: thing.id } : undefined;
    const to = whole && thingLink(whole);
    return whole ? [...(to ? [line('id thing', t('Open {thing}', { thing: pasted.thing }), to)] : []), line('id history', t('What happened to it'), historyLink(whole))] : [];
  }
  // One that is known is found by its words; the log knows the others.
  const known = entries.some(e => e.words?.includes(pasted.id));
  const events = { to: '/audit', search: { correlation: pasted.id } };
  return known ? [] : [line('id correlation', t('Events with this correlation id'), events), line('id any', t('Events that name this id'), { to: '/audit', search: { q: pasted.id } })];
};

const Finder = ({ text, onText, onDone }: { readonly text: string; readonly onText: (text: string) => void; readonly onDone: () => void }): ReactNode => {
  const navigate = useNavigate();
  const { remember } = useRecent();
  const groups = useFound(text);
  const flat = useMemo(() => groups.flatMap(g => g.entries.map(entry => ({ entry, id: idOf(g.kind, entry) }))), [groups]);
  const [at, setAt] = useState(0);
  const id = useId();
  const active = Math.min(at, flat.length - 1);
  const activeId = flat[active] ? `${id}${flat[active].id}` : undefined;
  useEffect(() => { if (activeId) document.querySelector(`#${CSS.escape(activeId)}`)?.scrollIntoView({ block: 'nearest' }); }, [activeId]);

  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    onDone();
    if (entry.kind !== 'id') remember(entry.key);
    void navigate(entry.to as unknown as Parameters<typeof navigate>[0]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && flat.length > 0) { event.preventDefault(); setAt((active + step + flat.length) % flat.length); }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) { event.preventDefault(); choose(flat[active]?.entry); }
  };
  return (
    <>
      <div className="flex h-12 items-center gap-3 border-b border-line px-4">
        <Search aria-hidden className="size-4 shrink-0 text-ink-3" />
        <input role="combobox" aria-expanded={flat.length > 0} aria-controls={`${id}list`} aria-autocomplete="list" aria-activedescendant={activeId} aria-label={t('Search names, addresses, ids and actions')} autoComplete="off" spellCheck={false}
          placeholder={t('Search, go somewhere, or start something…')} value={text} onChange={event => { onText(event.target.value); setAt(0); }} onKeyDown={onKeyDown} className="h-full min-w-0 flex-1 bg-transparent text-[15px] outline-none placeholder:text-ink-3" />
        <kbd className="rounded border border-line bg-raised px-1.5 font-mono text-[11px] text-ink-3 max-sm:hidden">Esc</kbd>
      </div>
      <div id={`${id}list`} role="listbox" aria-label={t('Results')} className="max-h-[min(26rem,60vh)] overflow-y-auto p-1.5">
        {groups.map(group => (
          <div key={group.kind} role="group" aria-label={WORDS[group.kind][0]}>
            <p role="presentation" className="eyebrow px-2.5 pb-1 pt-2">{WORDS[group.kind][0]}</p>
            {group.entries.map(entry => {
              const i = flat.findIndex(f => f.id === idOf(group.kind, entry));
              return <Row key={entry.key} id={`${id}${idOf(group.kind, entry)}`} entry={entry} active={i === active} onPoint={() => setAt(i)} onChoose={() => choose(entry)} />;
            })}
          </div>
        ))}
        {flat.length === 0 && <p className="px-3 py-8 text-center text-ink-3">{t('Nothing fits “{text}”. Names, addresses, ids and actions are searched.', { text })}</p>}
      </div>
      <p role="status" className="sr-only">{text === '' ? '' : t('{n, plural, one {# result} other {# results}}', { n: flat.length })}</p>
    </>
  );
};

const Row = ({ id, entry, active, onPoint, onChoose }: { readonly id: string; readonly entry: Entry; readonly active: boolean; readonly onPoint: () => void; readonly onChoose: () => void }): ReactNode => {
  const Icon = entry.icon ?? WORDS[entry.kind][1];
  return (
    <div id={id} role="option" tabIndex={-1} aria-selected={active} onPointerMove={active ? undefined : onPoint} onClick={onChoose} onKeyDown={undefined} className={clsx('flex h-9 cursor-pointer items-center gap-3 rounded-md px-2.5', active && 'bg-raised')}>
      <Icon aria-hidden className="size-4 shrink-0 text-ink-3" /><span className="min-w-0 flex-1 truncate">{entry.label}</span>
      {entry.hint && <span className="min-w-0 max-w-[45%] truncate text-[12px] text-ink-3">{entry.hint}</span>}
      {entry.keys && <span className="max-sm:hidden"><Keys keys={entry.keys} /></span>}
    </div>
  );
};
