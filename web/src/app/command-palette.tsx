import { useNavigate } from '@tanstack/react-router';
import { INSTALLATION } from '@xanthus/proto';
import { clsx } from 'clsx';
import { AppWindow, Building2, Globe, Plus, Server as ServerIcon, SquareTerminal } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Application, Server, TerminalSession, Zone } from '../contracts.js';
import { useClient, useRows } from '../live/live-context.js';
import { useFocusBack } from '../ui/dialog.js';
import { placesOf } from './nav.js';
import { rank } from './rank.js';

interface Entry { readonly key: string; readonly label: string; readonly hint: string; readonly icon: ReactNode; go(): void }

/** Ctrl/Cmd+K: go to anything, start anything, without the mouse. */
export const CommandPalette = ({ open, onOpenChange }: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }): ReactNode => {
  const { tenant } = useClient();
  const navigate = useNavigate();
  const { rows } = useRows<Server>('vps', tenant, 'servers');
  const zones = useRows<Zone>('dns', tenant, 'zones').rows;
  const applications = useRows<Application>('applications', tenant, 'applications').rows;
  const terminals = useRows<TerminalSession>('terminals', tenant, 'sessions').rows;
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const focus = useFocusBack();

  const entries = useMemo((): readonly Entry[] => [
    ...placesOf(tenant).map(p => ({ key: p.to, label: p.label, hint: 'Go to', icon: <p.icon aria-hidden />, go: () => void navigate({ to: p.to }) })),
    { key: 'organisations', label: 'Organisations', hint: 'Go to', icon: <Building2 aria-hidden />, go: () => void navigate({ to: '/organisations' }) },
    ...(tenant === INSTALLATION ? [] : [{ key: 'role', label: 'Define a role', hint: 'New', icon: <Plus aria-hidden />, go: () => void navigate({ to: '/roles/new' }) }]),
    ...(tenant === INSTALLATION ? [] : [{ key: 'new', label: 'Make a server', hint: 'New', icon: <Plus aria-hidden />, go: () => void navigate({ to: '/servers/new' }) }]),
    ...(tenant === INSTALLATION ? [] : [{ key: 'deploy', label: 'Deploy an application', hint: 'New', icon: <Plus aria-hidden />, go: () => void navigate({ to: '/catalog' }) }]),
    ...(tenant === INSTALLATION ? [] : [{ key: 'adopt', label: 'Adopt a server', hint: 'New', icon: <Plus aria-hidden />, go: () => void navigate({ to: '/servers/adopt' }) }]),
    ...(tenant === INSTALLATION ? [] : [{ key: 'terminal', label: 'Open a terminal', hint: 'New', icon: <Plus aria-hidden />, go: () => void navigate({ to: '/terminals', search: { open: 'new' } }) }]),
    ...[...rows.values()].map(s => ({ key: s.id, label: s.name, hint: s.host, icon: <ServerIcon aria-hidden />, go: () => void navigate({ to: '/servers/$id', params: { id: s.id } }) })),
    ...[...rows.values()].map(s => ({ key: `terminal-${s.id}`, label: `Terminal on ${s.name}`, hint: 'New', icon: <SquareTerminal aria-hidden />, go: () => void navigate({ to: '/terminals', search: { open: s.id } }) })),
    ...[...terminals.values()].filter(t => t.state !== 'ended').map(t => ({ key: t.id, label: t.title, hint: `Session on ${t.server_name}`, icon: <SquareTerminal aria-hidden />, go: () => void navigate({ to: '/terminals/$id', params: { id: t.id } }) })),
    ...[...applications.values()].map(a => ({ key: a.id, label: a.name, hint: a.host ?? a.entry_name, icon: <AppWindow aria-hidden />, go: () => void navigate({ to: '/applications/$id', params: { id: a.id } }) })),
    ...[...zones.values()].map(z => ({ key: z.id, label: z.name, hint: 'Domain', icon: <Globe aria-hidden />, go: () => void navigate({ to: '/domains/$id', params: { id: z.id } }) })),
  ], [rows, zones, applications, terminals, navigate, tenant]);
  const found = useMemo(() => rank(entries, text, e => `${e.label} ${e.hint}`).slice(0, 12), [entries, text]);
  const active = Math.min(at, found.length - 1);

  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    onOpenChange(false);
    entry.go();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) { event.preventDefault(); setAt((active + step + found.length) % found.length); }
    if (event.key === 'Enter') { event.preventDefault(); choose(found[active]); }
  };

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/45 dark:bg-black/60" />
        <Dialog.Content {...focus} aria-describedby={undefined} className="fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-lg animate-rise overflow-hidden rounded-xl border border-line bg-surface shadow-pop outline-none">
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <input role="combobox" aria-expanded aria-controls={`${id}-list`} aria-activedescendant={found[active] ? `${id}-${found[active].key}` : undefined} aria-label="Search places, servers and actions"
            placeholder="Go to a place, a server, or start something…" value={text} onChange={event => { setText(event.target.value); setAt(0); }} onKeyDown={onKeyDown}
            className="h-12 w-full border-b border-line bg-transparent px-4 text-[15px] outline-none placeholder:text-ink-3" />
          <ul id={`${id}-list`} role="listbox" aria-label="Results" className="max-h-80 overflow-y-auto p-1.5">
            {found.map((entry, i) => (
              <li key={entry.key} id={`${id}-${entry.key}`} role="option" aria-selected={i === active} onPointerMove={() => setAt(i)} onClick={() => choose(entry)}
                className={clsx('flex h-9 cursor-pointer items-center gap-3 rounded-md px-2.5 [&>svg]:size-4 [&>svg]:text-ink-3', i === active && 'bg-raised')}>
                {entry.icon}<span className="min-w-0 flex-1 truncate">{entry.label}</span><span className="truncate text-[12px] text-ink-3">{entry.hint}</span>
              </li>
            ))}
            {found.length === 0 && <li role="presentation" className="px-3 py-6 text-center text-ink-3">Nothing is called “{text}”.</li>}
          </ul>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
