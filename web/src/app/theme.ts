/**
 * How the console looks: theme, contrast, motion, density. What is chosen is a preference of the person; a copy lies in this browser, so that the
 * first paint and the log-in page are right. `public/theme.js` has the same rules.
 */
export const THEMES = ['system', 'light', 'dark'] as const;
const CONTRASTS = ['system', 'normal', 'high'] as const;
const MOTIONS = ['system', 'full', 'reduced'] as const;
const DENSITIES = ['normal', 'compact', 'roomy'] as const;
export type Theme = (typeof THEMES)[number];
export interface Appearance { readonly theme: Theme; readonly contrast: (typeof CONTRASTS)[number]; readonly motion: (typeof MOTIONS)[number]; readonly density: (typeof DENSITIES)[number] }

export const CHOICES: { readonly [K in keyof Appearance]: readonly Appearance[K][] } = { theme: THEMES, contrast: CONTRASTS, motion: MOTIONS, density: DENSITIES };
export const ASPECTS = ['theme', 'contrast', 'motion', 'density'] as const;
export const DEFAULTS: Appearance = { theme: 'system', contrast: 'system', motion: 'system', density: 'normal' };

/** What the system wants. */
export interface System { readonly dark: boolean; readonly contrast: boolean; readonly still: boolean }
export interface Shown { readonly theme: 'light' | 'dark'; readonly contrast: 'normal' | 'high'; readonly motion: 'full' | 'reduced'; readonly density: Appearance['density'] }

/** What is shown of what was chosen. Pure. */
export const resolveAppearance = (chosen: Appearance, system: System): Shown => ({
  theme: chosen.theme === 'system' ? (system.dark ? 'dark' : 'light') : chosen.theme,
  contrast: chosen.contrast === 'system' ? (system.contrast ? 'high' : 'normal') : chosen.contrast,
  motion: chosen.motion === 'system' ? (system.still ? 'reduced' : 'full') : chosen.motion,
  density: chosen.density,
});

/** One of the choices, or undefined: what is stored may be of another console. Pure. */
export const readChoice = <K extends keyof Appearance>(aspect: K, value: unknown): Appearance[K] | undefined => CHOICES[aspect].find(choice => choice === value);

const keyOf = (aspect: keyof Appearance): string => `xanthus.${aspect}`;
const media = (query: string): MediaQueryList | undefined => (typeof matchMedia === 'undefined' ? undefined : matchMedia(query));
const dark = media('(prefers-color-scheme: dark)');
const contrast = media('(prefers-contrast: more)');
const still = media('(prefers-reduced-motion: reduce)');

const kept = <K extends keyof Appearance>(aspect: K): Appearance[K] => {
  try { return readChoice(aspect, localStorage.getItem(keyOf(aspect))) ?? DEFAULTS[aspect]; } catch { return DEFAULTS[aspect]; }
};
const read = (): Appearance => ({ theme: kept('theme'), contrast: kept('contrast'), motion: kept('motion'), density: kept('density') });

let chosen: Appearance = typeof localStorage === 'undefined' ? DEFAULTS : read();
const listeners = new Set<() => void>();

const apply = (): void => {
  const shown = resolveAppearance(chosen, { dark: dark?.matches === true, contrast: contrast?.matches === true, still: still?.matches === true });
  for (const aspect of ASPECTS) document.documentElement.dataset[aspect] = shown[aspect];
};
const changed = (next: Appearance): void => {
  chosen = next;
  apply();
  for (const fn of listeners) fn();
};

export const getAppearance = (): Appearance => chosen;
export const subscribeTheme = (fn: () => void): (() => void) => { listeners.add(fn); return () => listeners.delete(fn); };
/** For this browser; `useAppearance` keeps it for the person. */
export const setAppearance = (change: Partial<Appearance>): void => {
  const next = { ...chosen, ...change };
  if (ASPECTS.every(aspect => next[aspect] === chosen[aspect])) return;
  for (const aspect of ASPECTS) {
    try { if (next[aspect] === DEFAULTS[aspect]) localStorage.removeItem(keyOf(aspect)); else localStorage.setItem(keyOf(aspect), next[aspect]); } catch { /* kept for this page only */ }
  }
  changed(next);
};
export const followSystemTheme = (): void => {
  for (const query of [dark, contrast, still]) query?.addEventListener('change', apply);
  addEventListener('storage', event => { if (ASPECTS.some(aspect => event.key === keyOf(aspect))) changed(read()); });
};
