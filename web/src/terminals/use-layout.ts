import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useClient } from '../live/live-context.js';
import { focusOn, readLayout, sessionsOf, show, writeLayout, type Layout } from './layout.js';
import type { TerminalSearch } from './terminal-search.js';

/** What was open when this page was left, by person and organisation. */
const remembered = new Map<string, Layout>();

/** Tabs and panes: in the address, so that a reload and a copied link show the same; in memory for who comes back to the page. */
export const useLayout = (): readonly [Layout, (change: (layout: Layout) => Layout) => void] => {
  const { tenant, user } = useClient();
  const key = `${tenant} ${user.id}`;
  const { id } = useParams({ strict: false }) as { id?: string };
  const { l, alone } = useSearch({ strict: false }) as TerminalSearch;
  const navigate = useNavigate();
  const [layout, setLayout] = useState<Layout>(() => {
    const addressed = readLayout(l);
    const first = addressed.tabs.length > 0 || alone ? addressed : remembered.get(key) ?? addressed;
    return id === undefined ? first : sessionsOf(first).includes(id) ? focusOn(first, id) : show(first, id);
  });
  const written = useRef(id);

  // A link to a session, followed while this page is open.
  useEffect(() => {
    if (id === undefined || id === written.current) return;
    written.current = id;
    setLayout(before => show(before, id));
  }, [id]);

  useEffect(() => {
    if (!alone) remembered.set(key, layout);
    const { focus } = layout;
    const text = writeLayout(layout);
    written.current = focus;
    const search = (before: TerminalSearch): TerminalSearch => ({ ...(before.alone ? { alone: true as const } : {}), ...(before.open ? { open: before.open } : {}), ...(text !== undefined && sessionsOf(layout).length > 1 ? { l: text } : {}) });
    void (focus === undefined ? navigate({ to: '/terminals', search, replace: true }) : navigate({ to: '/terminals/$id', params: { id: focus }, search, replace: true }));
  }, [layout, key, alone, navigate]);

  return [layout, setLayout];
};
