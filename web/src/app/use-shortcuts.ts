import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isOurs, NOTHING, press, shortcutsOf, type Begun } from './shortcuts.js';

/** Listens for as long as there is a shell. Ctrl/Cmd+K also counts while somebody types; a terminal keeps it for its shell. */
export const useShortcuts = (tenant: string, on: { palette(): void; help(): void }): void => {
  const navigate = useNavigate();
  const { palette, help } = on;
  useEffect(() => {
    const table = shortcutsOf(tenant);
    let begun: Begun = NOTHING;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); palette(); return; }
      if (!isOurs(event)) return;
      const { deed, begun: next } = press(table, begun, event.key, event.timeStamp);
      begun = next;
      if (!deed) return;
      event.preventDefault();
      if ('go' in deed) void navigate({ to: deed.go });
      else if ('terminal' in deed) void navigate({ to: '/terminals', search: { open: 'new' } });
      else if ('open' in deed) (deed.open === 'palette' ? palette : help)();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [tenant, navigate, palette, help]);
};
