/** Dark, light or the system's. The choice is kept in this browser; `public/theme.js` applies it before the first paint. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'xanthus.theme';
const listeners = new Set<() => void>();
const system = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)');

const stored = (): Theme => {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'dark' || value === 'light' ? value : 'system';
  } catch { return 'system'; }
};
let theme: Theme = typeof localStorage === 'undefined' ? 'system' : stored();

export const resolveTheme = (choice: Theme, systemIsDark: boolean): 'light' | 'dark' => (choice === 'system' ? (systemIsDark ? 'dark' : 'light') : choice);

const apply = (): void => { document.documentElement.dataset['theme'] = resolveTheme(theme, system?.matches === true); };

export const getTheme = (): Theme => theme;
export const subscribeTheme = (fn: () => void): (() => void) => { listeners.add(fn); return () => listeners.delete(fn); };
export const setTheme = (next: Theme): void => {
  theme = next;
  try { if (next === 'system') localStorage.removeItem(KEY); else localStorage.setItem(KEY, next); } catch { /* kept for this page only */ }
  apply();
  for (const fn of listeners) fn();
};
export const followSystemTheme = (): void => {
  system?.addEventListener('change', apply);
  addEventListener('storage', event => { if (event.key === KEY) { theme = stored(); apply(); for (const fn of listeners) fn(); } });
};
